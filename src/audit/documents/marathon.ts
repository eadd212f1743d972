import { MIB } from '../../model/bytes.ts'
import type { Container, Size, Variable, Word, Workload } from '../workload.ts'
import type { DocumentFormat } from './format.ts'
import { at, entriesAt, itemsAt, keyAt, scalarAt } from './value.ts'
import type { Mapping, Value } from './value.ts'
import { shellWords, wordsOf } from './words.ts'

/** More than any cluster has. */
const MAX_APPS = 50_000

/** Apps as they are posted to Marathon, and as its API answers. Every one says its memory as a number. */
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
    else for (const inner of insideOf(next).toReversed()) open.push(inner)
  }
  return apps
}

function insideOf(value: Value): Value[] {
  if (value.kind === 'sequence') return [...value.items]
  const app = at(value, 'app')
  return [...(app === null ? [] : [app]), ...itemsAt(value, 'apps'), ...itemsAt(value, 'groups')]
}

function isApp(value: Mapping): boolean {
  const has = (key: string): boolean => scalarAt(value, key) !== null
  const isSized = typeof scalarAt(value, 'mem')?.value === 'number'
  const runs = has('cmd') || at(value, 'args') !== null || at(value, 'container') !== null
  return has('id') && isSized && runs && (has('cpus') || has('instances'))
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
  const limit = memoryOf(app)
  const image = scalarAt(app, 'container', 'docker', 'image')
  const words = commandOf(app)
  return {
    workload,
    name: workload.name,
    place: workload.place,
    isWhole: true,
    role: 'main',
    image: image === null ? null : { text: image.text, place: image.place },
    limit,
    request: limit,
    effectiveLimit: limit,
    reservation: null,
    memorySwap: null,
    sharedMemory: null,
    memoryMounts: [],
    options: new Map(),
    environment: environmentOf(app),
    environmentIsWhole: true,
    words,
    namesProgram: scalarAt(app, 'cmd') !== null,
    probes: [],
    // What mends a file knows the forms of Compose and Kubernetes alone.
    root: null,
  }
}

/** In MiB, fractions and all; it is what the agent sets as the limit. */
function memoryOf(app: Mapping): Size | null {
  const memory = scalarAt(app, 'mem')
  if (typeof memory?.value !== 'number') return null
  return { text: memory.text, place: memory.place, bytes: Math.round(memory.value * MIB) }
}

/** `cmd` is a script of a shell, `args` go to the image's own program. */
function commandOf(app: Mapping): Word[] {
  const command = scalarAt(app, 'cmd')
  if (command !== null) return shellWords({ text: command.text, place: command.place })
  return wordsOf(itemsAt(app, 'args'))
}

function environmentOf(app: Mapping): Map<string, Variable> {
  const pairs = entriesAt(app, 'env').map(([name, { key, value }]): [string, Variable] => {
    // Anything but a text is where a secret comes from.
    const text = value.kind === 'scalar' && value.value !== null ? value.text : null
    return [name, { value: text, place: value.place, name: key, resource: null }]
  })
  return new Map(pairs)
}
