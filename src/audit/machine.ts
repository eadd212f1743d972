import type { Place } from './documents/place.ts'

/** What a machine's document says, and where. */
export interface Said<Value> {
  value: Value
  place: Place
}

/** One machine with what runs on it, as `stella audit --live` wrote it down. Null is not known. */
export interface Machine {
  place: Place
  /** `6.1.0-18-amd64`. */
  kernel: Said<string> | null
  cgroup: Said<number> | null
  memoryBytes: Said<number> | null
  swapBytes: Said<number> | null
  /** What has been promised to processes, and how much may be where the kernel counts it. */
  committedBytes: Said<number> | null
  commitLimitBytes: Said<number> | null
  /** Set aside for huge pages, and neither used nor reserved. */
  idleHugePageBytes: Said<number> | null
  /** The machine tells how long its tasks wait for memory. */
  hasPressure: Said<boolean> | null
  /** `always`, `madvise` or `never`. */
  transparentHugePages: Said<string> | null
  hasSwapAccounting: Said<boolean> | null
  /** By name: `vm.panic_on_oom`. */
  sysctls: ReadonlyMap<string, Said<number>>
  engines: readonly MachineEngine[]
  containers: readonly LiveContainer[]
  programs: readonly LiveProgram[]
}

export interface MachineEngine {
  name: string
  /** Whether it can limit memory at all. */
  limitsMemory: Said<boolean> | null
}

/** A container that lives, with the groups that hold its memory. */
export interface LiveContainer {
  /** `docker:web`; a group that no engine tells of has the beginning of its id. */
  name: string
  place: Place
  /** What its engine was asked for. */
  askedBytes: Said<number> | null
  group: MemoryGroup
  /** Nearest first, and only those it is charged to. */
  above: readonly MemoryGroup[]
}

export interface MemoryGroup {
  path: string
  place: Place
  /** Null: none. */
  limit: Said<number> | null
  /** Of cgroup v2: it is slowed down from here on. */
  high: Said<number> | null
  /** Of cgroup v1. */
  swappiness: Said<number> | null
}

/** A program that is known to care about the machine. */
export interface LiveProgram {
  /** `node`, `java`, `redis`. */
  name: string
  place: Place
  version: Said<string> | null
  /** The container it lives in; null outside of all that are known. */
  container: string | null
  /** Its options bound its heap. */
  isBounded: boolean | null
  /** It may get transparent huge pages; it can forbid them for itself. */
  takesHugePages: boolean | null
}

/** What bounds a container of all groups that it is charged to, itself among them; null: nothing. */
export function boundOf({ group, above }: LiveContainer): number | null {
  const limits = [group, ...above].flatMap(({ limit }) => limit?.value ?? [])
  return limits.length === 0 ? null : Math.min(...limits)
}

/**
 * What all containers together may take: the limits of their groups, each counted once with what stands below it. Null: at least
 * one has no bound.
 */
export function mostBytes({ containers }: Machine): number | null {
  const groups = new Map<string, { most: number; parent: string | null }>()
  for (const { group, above } of containers) {
    const chain = [group, ...above]
    for (const [at, { path, limit }] of chain.entries()) {
      groups.set(path, { most: limit?.value ?? Infinity, parent: chain[at + 1]?.path ?? null })
    }
  }
  const own = new Set(containers.map(({ group }) => group.path))
  const below = new Map<string | null, string[]>()
  for (const [path, { parent }] of groups) below.set(parent, [...(below.get(parent) ?? []), path])
  const sumBelow = (parent: string | null): number =>
    (below.get(parent) ?? []).reduce((sum, path) => {
      const most = groups.get(path)?.most ?? Infinity
      return sum + Math.min(most, own.has(path) ? most : sumBelow(path))
    }, 0)
  const sum = sumBelow(null)
  return sum === Infinity ? null : sum
}
