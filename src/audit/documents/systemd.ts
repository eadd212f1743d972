import type { HostSettings } from '../rule.ts'
import type { Container, MemoryMount, Word, Workload } from '../workload.ts'
import { shortTmpfs } from './compose.ts'
import type { Place } from './place.ts'
import { quadletContainer } from './quadlet.ts'
import { placeOf } from './spelled.ts'
import { commandsOf, wordsOfSetting } from './unit-command.ts'
import { environmentOf } from './unit-environment.ts'
import { limitOf, smallest, type Bounds } from './unit-limits.ts'
import type { Unit } from './unit.ts'
import { lastOf, SECTIONS, valuesOf, wholeUnits, type WholeUnit } from './units.ts'
import type { Entry, Mapping } from './value.ts'
import { commandWords } from './words.ts'

/** The workloads of some units; what stands in a slice is bounded by it, too. */
export function workloadsOfUnits(units: readonly Unit[], host: HostSettings): Workload[] {
  const whole = wholeUnits(units)
  const byId = new Map(whole.map((unit) => [unit.folder + unit.name, unit]))
  return whole.map((unit) => workloadOf(unit, byId, host))
}

function workloadOf(
  unit: WholeUnit,
  byId: ReadonlyMap<string, WholeUnit>,
  host: HostSettings,
): Workload {
  const isQuadlet = unit.type === 'container'
  const workload: Workload = {
    platform: isQuadlet ? 'quadlet' : 'systemd',
    kind: unit.type,
    name: unit.name,
    namespace: '',
    place: unit.place,
    root: rootOf(unit),
    spec: null,
    containers: [],
  }
  const bounds: Bounds = {
    own: limitOf(unit, host),
    slice: smallest(slicesOf(unit, byId).map((slice) => limitOf(slice, host))),
  }
  if (isQuadlet) workload.containers.push(quadletContainer(unit, workload, bounds))
  else if (unit.type === 'service') workload.containers.push(...programsOf(unit, workload, bounds))
  return workload
}

/** systemd takes no longer names (UNIT_NAME_MAX). */
const MAX_NAME = 256

/** `a-b.slice` lies in `a.slice` (systemd.slice(5)). */
function slicesOf(unit: WholeUnit, byId: ReadonlyMap<string, WholeUnit>): WholeUnit[] {
  const section = SECTIONS[unit.type]
  const named = unit.type === 'slice' ? unit.name : lastOf(unit, section, 'Slice')?.value.text
  if (named === undefined || named.length > MAX_NAME) return []
  const parts = named.replace(/\.slice$/, '').split('-')
  return parts.flatMap((_, at) => {
    const slice = byId.get(`${unit.folder}${parts.slice(0, at + 1).join('-')}.slice`)
    return slice === undefined || slice === unit ? [] : [slice]
  })
}

function programsOf(unit: WholeUnit, workload: Workload, bounds: Bounds): Container[] {
  const starts = commandsIn(unit, 'ExecStart')
  const container = (command: Command | undefined, role: Container['role']): Container => ({
    workload,
    name: unit.name,
    place: command?.place ?? bounds.own?.place ?? unit.place,
    isWhole: unit.isWhole,
    role,
    image: null,
    limit: bounds.own,
    request: null,
    effectiveLimit: smallest([bounds.own, bounds.slice]),
    reservation: null,
    memorySwap: null,
    sharedMemory: null,
    memoryMounts: memoryMountsOf(unit),
    options: new Map(),
    ...environmentOf(unit, 'Service'),
    words: commandWords(command?.words ?? []),
    namesProgram: command !== undefined,
    probes: [],
    root: null,
  })
  return [
    ...commandsIn(unit, 'ExecStartPre').map((command) => container(command, 'init')),
    ...(starts.length === 0 ? [container(undefined, 'main')] : []),
    ...starts.map((command) => container(command, 'main')),
  ]
}

interface Command {
  words: Word[]
  place: Place
}

function commandsIn(unit: WholeUnit, key: string): Command[] {
  return valuesOf(unit, 'Service', key).flatMap((setting) =>
    commandsOf(setting).map((words) => ({ words, place: setting.keyPlace })),
  )
}

/** `TemporaryFileSystem=/var:size=64M`: what is written there is charged to the unit. */
function memoryMountsOf(unit: WholeUnit): MemoryMount[] {
  return valuesOf(unit, 'Service', 'TemporaryFileSystem').flatMap((setting) =>
    wordsOfSetting(setting).map(shortTmpfs),
  )
}

/** The settings as a mapping of sections, in which the last of a key counts. */
function rootOf(unit: WholeUnit): Mapping {
  const sections = new Map<string, Map<string, Entry>>()
  for (const { section, key, keyPlace, value } of unit.settings) {
    const entries = sections.get(section) ?? new Map<string, Entry>()
    sections.set(section, entries)
    const { text } = value
    if (text === '') entries.delete(key)
    else {
      const scalar = { kind: 'scalar', value: text, text, place: placeOf(value) } as const
      entries.set(key, { key: keyPlace, value: scalar })
    }
  }
  const { place } = unit
  const entries = [...sections].map(([name, own]): [string, Entry] => [
    name,
    { key: place, value: { kind: 'mapping', entries: own, place } },
  ])
  return { kind: 'mapping', entries: new Map(entries), place }
}
