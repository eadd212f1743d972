import type { LiveContainer, LiveProgram, Machine, MemoryGroup, Said } from '../machine.ts'
import type { DocumentFormat } from './format.ts'
import { saidBoolean, saidNumber, saidText } from './said.ts'
import { entriesAt, itemsAt, keyAt, mappingAt, textAt } from './value.ts'
import type { Mapping, Value } from './value.ts'

/** What a machine's document says that it is. */
export const MACHINE_SCHEMA = 'stella.machine/1'

/** What `stella audit --live` sees of a machine. A field that is not known is left out; a limit of null is none. */
export interface MachineDocument {
  schema: typeof MACHINE_SCHEMA
  at: string
  kernel?: string
  cgroup?: 1 | 2
  memory?: Partial<Record<MachineSize, number>>
  sysctls: Readonly<Record<string, number>>
  pressure?: boolean
  transparentHugePages?: string
  swapAccounting?: boolean
  engines: readonly {
    name: string
    version?: string
    memoryLimit?: boolean
    swapLimit?: boolean
    warnings?: readonly string[]
  }[]
  containers: readonly {
    name: string
    /** What the engine was asked for; null: no limit. */
    askedBytes?: number | null
    /** Its own, then those above it. */
    groups: readonly GroupDocument[]
  }[]
  programs: readonly {
    name: string
    version?: string
    container?: string
    bounded?: boolean
    hugePages?: boolean
  }[]
}

export type MachineSize =
  | 'totalBytes'
  | 'swapBytes'
  | 'committedBytes'
  | 'commitLimitBytes'
  | 'idleHugePageBytes'

export interface GroupDocument {
  path: string
  limitBytes: number | null
  /** Of cgroup v2. */
  highBytes?: number | null
  /** Of cgroup v1. */
  softBytes?: number | null
  swappiness?: number
  /** Of cgroup v1: groups below it are charged to it. */
  hierarchical?: boolean
}

/** More than any machine runs. */
const MAX_ITEMS = 10_000
/** Deeper than any group stands. */
const MAX_DEPTH = 64

/** A machine, as `stella audit --live --evidence` writes it. */
export const MACHINE: DocumentFormat = {
  name: 'evidence of stella audit --live',
  isDump: true,
  look: (text) => (text.includes(`"${MACHINE_SCHEMA}"`) ? 'certain' : 'none'),
  read: (value) =>
    value.kind === 'mapping' && textAt(value, 'schema') === MACHINE_SCHEMA
      ? { machines: [machineOf(value)] }
      : null,
}

function machineOf(root: Mapping): Machine {
  const memory = mappingAt(root, 'memory')
  return {
    place: keyAt(root, 'schema') ?? root.place,
    kernel: saidText(root, 'kernel'),
    cgroup: saidNumber(root, 'cgroup'),
    memoryBytes: saidNumber(memory, 'totalBytes'),
    swapBytes: saidNumber(memory, 'swapBytes'),
    committedBytes: saidNumber(memory, 'committedBytes'),
    commitLimitBytes: saidNumber(memory, 'commitLimitBytes'),
    idleHugePageBytes: saidNumber(memory, 'idleHugePageBytes'),
    hasPressure: saidBoolean(root, 'pressure'),
    transparentHugePages: saidText(root, 'transparentHugePages'),
    hasSwapAccounting: saidBoolean(root, 'swapAccounting'),
    sysctls: sysctlsOf(root),
    engines: itemsAt(root, 'engines').map((engine) => ({
      name: textAt(engine, 'name') ?? 'the engine',
      limitsMemory: saidBoolean(engine, 'memoryLimit'),
    })),
    containers: itemsAt(root, 'containers').slice(0, MAX_ITEMS).flatMap(containerOf),
    programs: itemsAt(root, 'programs').slice(0, MAX_ITEMS).flatMap(programOf),
  }
}

function sysctlsOf(root: Mapping): Map<string, Said<number>> {
  const sysctls = new Map<string, Said<number>>()
  for (const [name, { value }] of entriesAt(root, 'sysctls')) {
    if (value.kind === 'scalar' && typeof value.value === 'number') {
      sysctls.set(name, { value: value.value, place: value.place })
    }
  }
  return sysctls
}

function containerOf(value: Value): LiveContainer[] {
  const name = saidText(value, 'name')
  const [group, ...above] = itemsAt(value, 'groups').slice(0, MAX_DEPTH).flatMap(groupOf)
  if (name === null || group === undefined) return []
  // A group of cgroup v1 that is not hierarchical, and all above it, are not charged.
  const last = above.findIndex(({ isCharged }) => !isCharged)
  return [
    {
      name: name.value,
      place: name.place,
      askedBytes: saidNumber(value, 'askedBytes'),
      group,
      above: last === -1 ? above : above.slice(0, last),
    },
  ]
}

function groupOf(value: Value): (MemoryGroup & { isCharged: boolean })[] {
  const path = saidText(value, 'path')
  if (path === null) return []
  return [
    {
      path: path.value,
      place: path.place,
      limit: saidNumber(value, 'limitBytes'),
      high: saidNumber(value, 'highBytes'),
      swappiness: saidNumber(value, 'swappiness'),
      isCharged: saidBoolean(value, 'hierarchical')?.value !== false,
    },
  ]
}

function programOf(value: Value): LiveProgram[] {
  const name = saidText(value, 'name')
  if (name === null) return []
  return [
    {
      name: name.value,
      place: name.place,
      version: saidText(value, 'version'),
      container: textAt(value, 'container'),
      isBounded: saidBoolean(value, 'bounded')?.value ?? null,
      takesHugePages: saidBoolean(value, 'hugePages')?.value ?? null,
    },
  ]
}
