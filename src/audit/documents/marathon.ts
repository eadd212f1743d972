import type { Container, Probe, Word, Workload } from '../workload.ts'
import {
  engineSize,
  memoryMountsIn,
  memoryOptionsIn,
  optionsOf,
  type Options,
} from './engine-options.ts'
import type { DocumentFormat } from './format.ts'
import { limitAbove, marathonEnvironment, mebibytes } from './marathon-parts.ts'
import { podOf } from './marathon-pod.ts'
import { at, itemsAt, keyAt, scalarAt, textAt } from './value.ts'
import type { Mapping, Value } from './value.ts'
import { shellWords, wordsOf } from './words.ts'

/** More than any cluster has. */
const MAX_APPS = 50_000

/** Apps and pods as they are posted to Marathon, and as its API answers. Every one says its memory as a number. */
export const MARATHON: DocumentFormat = {
  name: 'apps of Marathon',
  look: (text) => (/"mem"\s*:\s*\d/.test(text) ? 'possible' : 'none'),
  read(value) {
    const workloads = appsOf(value)
    return workloads.length === 0 ? null : { workloads }
  },
}

/** The apps that a document holds: one, a list, an answer of the API, groups with groups; each once, though aliases name it again. */
function appsOf(value: Value): Workload[] {
  const apps: Workload[] = []
  const seen = new Set<Value>()
  const open: Value[] = [value]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next) || apps.length >= MAX_APPS) continue
    seen.add(next)
    if (next.kind === 'mapping' && isApp(next)) apps.push(appOf(next))
    else if (next.kind === 'mapping' && isPod(next)) apps.push(podOf(next))
    else for (const inner of insideOf(next).toReversed()) open.push(inner)
  }
  return apps
}

function insideOf(value: Value): Value[] {
  if (value.kind === 'sequence') return [...value.items]
  const one = ['app', 'spec'].flatMap((key) => at(value, key) ?? [])
  return [...one, ...['apps', 'pods', 'groups'].flatMap((key) => itemsAt(value, key))]
}

function isApp(value: Mapping): boolean {
  const has = (key: string): boolean => scalarAt(value, key) !== null
  const isSized = typeof scalarAt(value, 'mem')?.value === 'number'
  const runs = has('cmd') || at(value, 'args') !== null || at(value, 'container') !== null
  return has('id') && isSized && runs && (has('cpus') || has('instances'))
}

function isPod(value: Mapping): boolean {
  const isSized = (item: Value): boolean =>
    scalarAt(item, 'name') !== null && typeof scalarAt(item, 'resources', 'mem')?.value === 'number'
  return scalarAt(value, 'id') !== null && itemsAt(value, 'containers').some(isSized)
}

function appOf(app: Mapping): Workload {
  const name = scalarAt(app, 'id')?.text ?? ''
  const place = keyAt(app, 'id') ?? app.place
  const workload: Workload = {
    platform: 'marathon',
    kind: 'app',
    name,
    namespace: '',
    place,
    root: app,
    spec: null,
    containers: [],
  }
  workload.containers.push(containerOf(app, workload))
  return workload
}

function containerOf(app: Mapping, workload: Workload): Container {
  const parameters = parametersOf(app)
  const request = mebibytes(at(app, 'mem'))
  const limit = engineSize(parameters.last('memory', 'm')) ?? limitAbove(app, request)
  const image = scalarAt(app, 'container', 'docker', 'image')
  return {
    workload,
    name: workload.name,
    place: workload.place,
    isWhole: true,
    role: 'main',
    image: image === null ? null : { text: image.text, place: image.place },
    limit,
    request,
    effectiveLimit: limit,
    reservation: engineSize(parameters.last('memory-reservation')),
    memorySwap: engineSize(parameters.last('memory-swap')),
    sharedMemory:
      engineSize(parameters.last('shm-size')) ??
      mebibytes(at(app, 'container', 'linuxInfo', 'ipcInfo', 'shmSize')),
    memoryMounts: memoryMountsIn(parameters),
    options: memoryOptionsIn(parameters),
    environment: marathonEnvironment(app, 'env'),
    environmentIsWhole: parameters.all('env', 'e', 'env-file').length === 0,
    words: commandOf(app),
    namesProgram: scalarAt(app, 'cmd') !== null,
    probes: probesOf(app),
    // What mends a file knows the forms of Compose and Kubernetes alone.
    root: null,
  }
}

/** Options that the agent hands to `docker run` behind its own, so that they win; the other containerizer takes none. */
function parametersOf(app: Mapping): Options {
  const isDocker = textAt(app, 'container', 'type') === 'DOCKER'
  const items = isDocker ? itemsAt(app, 'container', 'docker', 'parameters') : []
  const found = items.flatMap((item) => {
    const [name, value] = [textAt(item, 'key'), scalarAt(item, 'value')]
    return name === null || value === null
      ? []
      : [{ name, word: { text: value.text, place: value.place } }]
  })
  return optionsOf(found)
}

/** `cmd` is a script of a shell, `args` go to the image's own program. */
function commandOf(app: Mapping): Word[] {
  const command = scalarAt(app, 'cmd')
  if (command !== null) return shellWords({ text: command.text, place: command.place })
  return wordsOf(itemsAt(app, 'args'))
}

/** Checks of the protocol COMMAND are scripts of a shell that run in the container. */
function probesOf(app: Mapping): Probe[] {
  return itemsAt(app, 'healthChecks').flatMap((check) => {
    const command = scalarAt(check, 'command', 'value')
    if (command === null) return []
    const { text, place } = command
    return [{ isCheck: true, words: shellWords({ text, place }), place }]
  })
}
