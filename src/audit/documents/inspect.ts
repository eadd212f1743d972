import { formatBytes, MIB } from '../../model/bytes.ts'
import type { Container, EngineOption, Probe, Size, Variable, Word, Workload } from '../workload.ts'
import { shortTmpfs } from './compose.ts'
import type { DocumentFormat } from './format.ts'
import { entriesAt, itemsAt, keyAt, mappingAt, scalarAt } from './value.ts'
import type { Mapping, Value } from './value.ts'
import { probeWords } from './probe-words.ts'
import { commandWords, wordsOf } from './words.ts'

/** What a container gets that asked for nothing: of Docker (moby, daemon/config, DefaultShmSize), and of Podman (65536k of 1000 bytes). */
const DEFAULT_SHARED_MEMORY: readonly (number | null)[] = [64 * MIB, 65_536_000]

/** What `docker inspect` and `podman inspect` print. */
export const INSPECT: DocumentFormat = {
  name: 'dumps of docker inspect',
  isDump: true,
  look: (text) => (/"HostConfig"\s*:\s*\{/.test(text) ? 'possible' : 'none'),
  read(value) {
    const workloads = inspectedOf(value)
    return workloads.length === 0 ? null : { workloads }
  },
}

/** The containers of a dump; images, networks and volumes in it are none. */
function inspectedOf(value: Value): Workload[] {
  const objects = value.kind === 'sequence' ? value.items : [value]
  return objects.flatMap((object) => {
    const host = mappingAt(object, 'HostConfig')
    const isContainer = host !== null && mappingAt(object, 'State') !== null
    return isContainer && object.kind === 'mapping' ? [workloadOf(object, host)] : []
  })
}

function workloadOf(object: Mapping, host: Mapping): Workload {
  const name = (scalarAt(object, 'Name') ?? scalarAt(object, 'Id'))?.text.replace(/^\//, '') ?? ''
  const workload: Workload = {
    platform: 'docker',
    kind: 'container',
    name,
    namespace: '',
    place: keyAt(object, 'Name') ?? object.place,
    root: object,
    spec: null,
    containers: [],
  }
  workload.containers.push(containerOf(object, host, workload))
  return workload
}

function containerOf(object: Mapping, host: Mapping, workload: Workload): Container {
  const limit = sizeAt(host, 'Memory')
  const reservation = sizeAt(host, 'MemoryReservation')
  const sharedMemory = sizeAt(host, 'ShmSize')
  return {
    workload,
    name: workload.name,
    place: workload.place,
    isWhole: true,
    role: 'main',
    image: wordAt(object, 'ImageName') ?? wordAt(object, 'Config', 'Image'),
    limit,
    request: reservation,
    effectiveLimit: limit,
    reservation,
    memorySwap: sizeAt(host, 'MemorySwap'),
    sharedMemory: DEFAULT_SHARED_MEMORY.includes(sharedMemory?.bytes ?? null) ? null : sharedMemory,
    memoryMounts: entriesAt(host, 'Tmpfs').map(([path, { key, value }]) =>
      shortTmpfs({ text: value.kind === 'scalar' ? `${path}:${value.text}` : path, place: key }),
    ),
    options: optionsOf(host),
    environment: environmentOf(object),
    environmentIsWhole: true,
    words: programOf(object),
    namesProgram: true,
    probes: probesOf(object),
    // A dump cannot be mended.
    root: null,
  }
}

/** The engine writes 0 for what is not set, and -1 for swap without a limit. */
function sizeAt(host: Mapping, key: string): Size | null {
  const size = scalarAt(host, key)
  if (typeof size?.value !== 'number' || size.value === 0) return null
  if (size.value < 0) return { text: size.text, place: size.place, bytes: null }
  // Nobody reads 134217728.
  return { text: formatBytes(size.value), place: size.place, bytes: size.value }
}

/** What the engine writes where nothing was asked for says nothing. */
const OPTIONS: readonly (readonly [key: string, option: EngineOption, unset: RegExp])[] = [
  ['IpcMode', 'ipc', /^(?:private|shareable|none|)$/],
  ['MemorySwappiness', 'memory-swappiness', /^-1$/],
  ['OomKillDisable', 'oom-kill-disable', /^false$/],
  ['OomScoreAdj', 'oom-score-adj', /^0$/],
]

function optionsOf(host: Mapping): Map<EngineOption, Word> {
  return new Map(
    OPTIONS.flatMap(([key, option, unset]): [EngineOption, Word][] => {
      const word = wordAt(host, key)
      return word === null || unset.test(word.text) ? [] : [[option, word]]
    }),
  )
}

/** Docker and Podman spell it in their own ways. */
function probesOf(object: Mapping): Probe[] {
  const items = ['Healthcheck', 'HealthCheck'].flatMap((key) =>
    wordsOf(itemsAt(object, 'Config', key, 'Test')),
  )
  const place = items[1]?.place
  const words = probeWords(items)
  return place === undefined || words === null ? [] : [{ isCheck: true, words, place }]
}

function wordAt(object: Mapping, ...path: readonly string[]): Word | null {
  const word = scalarAt(object, ...path)
  return word === null ? null : { text: word.text, place: word.place }
}

function programOf(object: Mapping): Word[] {
  const program = wordAt(object, 'Path')
  const words = wordsOf(itemsAt(object, 'Args'))
  return commandWords(program === null ? words : [program, ...words])
}

function environmentOf(object: Mapping): Map<string, Variable> {
  return new Map(
    wordsOf(itemsAt(object, 'Config', 'Env')).map(({ text, place }): [string, Variable] => {
      const equals = text.indexOf('=')
      const name = equals === -1 ? text : text.slice(0, equals)
      const value = equals === -1 ? null : text.slice(equals + 1)
      return [name, { value, place, name: place, resource: null }]
    }),
  )
}
