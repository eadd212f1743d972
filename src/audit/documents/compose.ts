import { readDockerSize } from '../../parsers/quantity/docker.ts'
import type { Container, EngineOption, MemoryMount, Size, Word, Workload } from '../workload.ts'
import type { Beside } from './beside.ts'
import { composeEnvironment } from './compose-environment.ts'
import { composeFiles } from './compose-files.ts'
import type { DocumentFormat } from './format.ts'
import { interpolate, type Variables } from './interpolate.ts'
import type { Place } from './place.ts'
import { probeWords } from './probe-words.ts'
import { at, entriesAt, itemsAt, mappingAt, scalarAt, textAt } from './value.ts'
import type { Entry, Mapping, Value } from './value.ts'
import { commandWords, shellWords, wordsOf } from './words.ts'

const IS_COMPOSE = /^["']?services["']?[ \t]*:|^[ \t]*\{[^]{0,2000}?"services"\s*:/m
/** Values of a chart may have services, too, in a form of their own. */
const IS_VALUES = /(?:^|\/)values[^/]*\.ya?ml$/

/** Compose files: a service is a workload. */
export const COMPOSE: DocumentFormat = {
  name: 'Compose files',
  look: (text, file) => (IS_COMPOSE.test(text) && !IS_VALUES.test(file.path) ? 'possible' : 'none'),
  read: (value, variables, beside) =>
    isComposeFile(value) ? { workloads: servicesOf(value, variables, beside) } : null,
}

/** Whether a document is a Compose file: its services have something that only services have. */
function isComposeFile(value: Value): boolean {
  if (textAt(value, 'apiVersion') !== null) return false
  return entriesAt(value, 'services').some(([, { value: service }]) =>
    [
      'image',
      'build',
      'deploy',
      'mem_limit',
      'extends',
      'ports',
      'volumes',
      'environment',
      'command',
    ].some((key) => at(service, key) !== null),
  )
}

/** The services of a Compose file, `extends` within the file resolved. */
function servicesOf(file: Value, variables: Variables, beside: Beside): Workload[] {
  const services = mappingAt(file, 'services')
  return entriesAt(services).flatMap(([name, { key }]) => {
    const root = extended(services, name, new Set())
    return root === null ? [] : [serviceOf({ name, place: key, root, file, variables, beside })]
  })
}

/** Deeper than any project; recursion ends here. */
const MAX_EXTENDS = 20
const MAX_DEPTH = 10

/** A service over the one it extends: what stands in both is the upper one's (compose-spec, extends). */
function extended(services: Mapping | null, name: string, seen: Set<string>): Mapping | null {
  const own = mappingAt(services, name)
  if (own === null || seen.has(name) || seen.size >= MAX_EXTENDS) return own
  seen.add(name)
  const base = textAt(own, 'extends') ?? textAt(own, 'extends', 'service')
  const isHere = scalarAt(own, 'extends', 'file') === null
  const below = base !== null && isHere ? extended(services, base, seen) : null
  return below === null ? own : over(own, below)
}

function over(upper: Mapping, lower: Mapping, depth = 0): Mapping {
  const entries = new Map<string, Entry>(lower.entries)
  for (const [name, entry] of upper.entries) {
    const below = entries.get(name)?.value
    const isBoth = depth < MAX_DEPTH && entry.value.kind === 'mapping' && below?.kind === 'mapping'
    const value =
      isBoth && entry.value.kind === 'mapping' ? over(entry.value, below, depth + 1) : entry.value
    entries.set(name, { ...entry, value })
  }
  return { ...upper, entries }
}

interface Service {
  name: string
  place: Place
  root: Mapping
  file: Value
  variables: Variables
  beside: Beside
}

function serviceOf(service: Service): Workload {
  const { name, place, root } = service
  const workload: Workload = {
    platform: 'compose',
    kind: 'service',
    name,
    namespace: '',
    place,
    root,
    spec: null,
    containers: [],
  }
  workload.containers.push(containerOf(service, workload))
  return workload
}

function containerOf(service: Service, workload: Workload): Container {
  const { name, place, root, file, variables, beside } = service
  const { environment, environmentIsWhole } = composeEnvironment(root, variables, beside)
  const limit = limitOf(root, variables)
  const entrypoint = wordsAt(at(root, 'entrypoint'), variables)
  const command = wordsAt(at(root, 'command'), variables)
  const elsewhere = scalarAt(root, 'extends', 'file') !== null
  return {
    workload,
    name,
    place,
    isWhole: !elsewhere && (at(root, 'image') !== null || at(root, 'build') !== null),
    role: 'main',
    image: filledWord(at(root, 'image'), variables),
    limit,
    request: reservationOf(root, variables),
    effectiveLimit: limit,
    reservation: reservationOf(root, variables),
    memorySwap: composeSize(at(root, 'memswap_limit'), variables),
    sharedMemory: composeSize(at(root, 'shm_size'), variables),
    memoryMounts: memoryMountsOf(root, file, variables),
    options: optionsOf(root, variables),
    environment,
    environmentIsWhole: environmentIsWhole && !elsewhere,
    words: commandWords([...entrypoint, ...command]),
    namesProgram: entrypoint.length > 0,
    probes: probesOf(root, variables),
    files: composeFiles(root, service),
    root,
  }
}

/** `deploy.resources.limits.memory` or `mem_limit`; where both stand they have to be the same. */
function limitOf(root: Mapping, variables: Variables): Size | null {
  const size = composeSize(
    at(root, 'deploy', 'resources', 'limits', 'memory') ?? at(root, 'mem_limit'),
    variables,
  )
  // 0 is "no limit", as for the engine.
  return size?.bytes === 0 ? null : size
}

function reservationOf(root: Mapping, variables: Variables): Size | null {
  const value = at(root, 'deploy', 'resources', 'reservations', 'memory')
  return composeSize(value ?? at(root, 'mem_reservation'), variables)
}

/** A size of Compose; null where nothing stands there. */
export function composeSize(value: Value | null, variables: Variables): Size | null {
  if (value?.kind !== 'scalar' || value.value === null) return null
  const filled = interpolate(value.text, variables)
  const reading = filled === null ? null : readDockerSize(filled)
  const bytes = reading?.ok === true ? reading.bytes : null
  return { text: filled ?? value.text, place: value.place, bytes }
}

function filledWord(value: Value | null, variables: Variables): Word | null {
  if (value?.kind !== 'scalar' || value.value === null) return null
  return { text: interpolate(value.text, variables) ?? value.text, place: value.place }
}

/** A command in either form. */
function wordsAt(value: Value | null, variables: Variables): Word[] {
  if (value?.kind === 'sequence') {
    return wordsOf(value.items).map((word) => filled(word, variables))
  }
  const word = filledWord(value, variables)
  return word === null ? [] : shellWords(word)
}

function filled(word: Word, variables: Variables): Word {
  return { ...word, text: interpolate(word.text, variables) ?? word.text }
}

const OPTIONS: readonly (readonly [key: string, option: EngineOption])[] = [
  ['ipc', 'ipc'],
  ['mem_swappiness', 'memory-swappiness'],
  ['oom_kill_disable', 'oom-kill-disable'],
  ['oom_score_adj', 'oom-score-adj'],
]

function optionsOf(root: Mapping, variables: Variables): Map<EngineOption, Word> {
  return new Map(
    OPTIONS.flatMap(([key, option]): [EngineOption, Word][] => {
      const word = filledWord(at(root, key), variables)
      return word === null ? [] : [[option, word]]
    }),
  )
}

function memoryMountsOf(root: Mapping, file: Value, variables: Variables): MemoryMount[] {
  const short = at(root, 'tmpfs')
  const items = short?.kind === 'sequence' ? short.items : short === null ? [] : [short]
  return [
    ...wordsOf(items).map((word) => shortTmpfs(filled(word, variables))),
    ...itemsAt(root, 'volumes').flatMap((volume) => volumeTmpfs(volume, file, variables)),
  ]
}

/** `/run`, or `/run:size=64m,mode=1777`. */
export function shortTmpfs({ text, place }: Word): MemoryMount {
  const [path = '', options = ''] = text.split(':', 2)
  return {
    path,
    size: sizeOption(options, place),
    place,
    isShared: false,
  }
}

function sizeOption(options: string, place: Place): Size | null {
  const text = /(?:^|,)size=([^,]+)/.exec(options)?.[1]
  if (text === undefined) return null
  const reading = readDockerSize(text)
  // A share (`size=10%`) is one of the machine's memory.
  return { text, place, bytes: reading.ok ? reading.bytes : null }
}

function volumeTmpfs(volume: Value, file: Value, variables: Variables): MemoryMount[] {
  const type = scalarAt(volume, 'type')
  if (type?.text === 'tmpfs') {
    const size = composeSize(at(volume, 'tmpfs', 'size'), variables)
    return [
      {
        path: textAt(volume, 'target'),
        size,
        place: type.place,
        isShared: false,
      },
    ]
  }
  const text = volume.kind === 'scalar' ? volume.text : null
  const source = text?.split(':', 1)[0] ?? textAt(volume, 'source')
  const named = source === null ? null : mappingAt(file, 'volumes', source, 'driver_opts')
  if (textAt(named, 'type') !== 'tmpfs') return []
  const options = scalarAt(named, 'o')
  const size = options === null ? null : sizeOption(options.text, options.place)
  const path = text?.split(':')[1] ?? textAt(volume, 'target')
  return [
    {
      path,
      size,
      place: scalarAt(named, 'type')?.place ?? volume.place,
      isShared: false,
    },
  ]
}

function probesOf(root: Mapping, variables: Variables): Container['probes'] {
  const test = at(root, 'healthcheck', 'test')
  if (test === null) return []
  if (test.kind === 'scalar')
    return [{ isCheck: true, words: wordsAt(test, variables), place: test.place }]
  const items = wordsAt(test, variables)
  const words = probeWords(items)
  const place = items[1]?.place
  return words === null || place === undefined ? [] : [{ isCheck: true, words, place }]
}
