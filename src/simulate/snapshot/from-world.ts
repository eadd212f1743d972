import type { World } from '../../model/evidence.ts'
import type { CgroupState, FactKind, FactOf, HostMemory, ProcessState } from '../../model/facts.ts'
import type { Answer } from '../../model/question.ts'
import type { Target } from '../../model/subject.ts'
import { unreclaimableBytes } from '../../verdict/reading.ts'
import { groupOfTarget } from '../oom/from-world.ts'
import { upwards } from '../oom/paths.ts'
import { type RedisSnapshotFacts, redisSnapshotFacts } from './redis-facts.ts'

/** What evidence tells of a process that may fork; null is "not known". */
export interface SnapshotKnown {
  process: { pid: number; name: string | null } | null
  dataBytes: number | null
  pageTableBytes: number | null
  /** All that the process maps. */
  mappedBytes: number | null
  /** The limit with the least room on the way up, and what is held below it. */
  limit: { path: string | null; limitBytes: number; currentBytes: number | null } | null
  /** Swap that may still be taken. */
  swapBytes: number
  hostAvailableBytes: number | null
  commitLeftBytes: number | null
  /** `6.1.0-50-amd64` */
  kernelVersion: string | null
  hasHugePages: boolean | null
  isRunning: boolean
  redis: RedisSnapshotFacts | null
}

/** Gathers what a forecast needs from live sources or files. */
export function snapshotKnown(
  world: World,
  target: Target | null,
  answers: readonly Answer[],
): SnapshotKnown {
  const processes = factsOf(world, 'process-state')
  const process = forkingProcess(processes, target)
  const path = process?.cgroupPaths[0] ?? (target === null ? null : groupOfTarget(world, target))
  const host = factsOf(world, 'host-memory').at(-1) ?? null
  const redis = redisSnapshotFacts(world, answers)
  const group = bindingGroup(factsOf(world, 'cgroup-state'), path)
  const dataBytes = process?.anonRssBytes ?? process?.rssBytes ?? redis?.residentBytes ?? null
  return {
    process: process === null ? null : { pid: process.pid, name: process.name },
    dataBytes,
    pageTableBytes: process?.pageTableBytes ?? null,
    mappedBytes: process?.totalVmBytes ?? null,
    limit: group === null ? engineLimit(world) : limitOf(group),
    swapBytes: swapLeft(group, host),
    hostAvailableBytes: host?.availableBytes ?? null,
    commitLeftBytes: commitLeft(world, host),
    kernelVersion: kernelVersion(world),
    hasHugePages: process === null ? null : hasHugePages(process),
    isRunning: process !== null && isForked(process, processes),
    redis,
  }
}

/** The largest one that is nobody's fork: a snapshot that is being written is as large as its parent. */
function forkingProcess(
  processes: readonly ProcessState[],
  target: Target | null,
): ProcessState | null {
  if (target?.kind === 'process') return processes.find(({ pid }) => pid === target.pid) ?? null
  const originals = processes.filter(
    (process) => !processes.some((other) => isForkOf(process, other)),
  )
  return originals.toSorted((a, b) => (b.anonRssBytes ?? 0) - (a.anonRssBytes ?? 0))[0] ?? null
}

const STORES = /^(?:redis|valkey|keydb)-server/

function isForked(process: ProcessState, processes: readonly ProcessState[]): boolean {
  return STORES.test(process.name ?? '') && processes.some((other) => isForkOf(other, process))
}

function isForkOf(child: ProcessState, parent: ProcessState): boolean {
  return child.parentPid === parent.pid && child.name === parent.name
}

/** Where several limits stand on the way up, the one with the least room is reached first. */
function bindingGroup(groups: readonly CgroupState[], path: string | null): CgroupState | null {
  const onTheWay = path === null ? null : new Set(upwards(path))
  const limited = groups.filter(
    (group) =>
      group.limitBytes !== null &&
      (onTheWay === null || group.path === null || onTheWay.has(group.path)),
  )
  return limited.toSorted((a, b) => roomOf(a) - roomOf(b))[0] ?? null
}

function roomOf(group: CgroupState): number {
  return (group.limitBytes ?? Infinity) - (heldBytes(group) ?? 0)
}

function heldBytes(group: CgroupState): number | null {
  return unreclaimableBytes(group) ?? group.usageBytes
}

function limitOf(group: CgroupState): SnapshotKnown['limit'] {
  const { path, limitBytes } = group
  return limitBytes === null ? null : { path, limitBytes, currentBytes: heldBytes(group) }
}

function engineLimit(world: World): SnapshotKnown['limit'] {
  const limitBytes = factsOf(world, 'container-state').at(-1)?.memoryLimitBytes ?? null
  return limitBytes === null ? null : { path: null, limitBytes, currentBytes: null }
}

/** No more than the machine has free: what is not known is none. */
function swapLeft(group: CgroupState | null, host: HostMemory | null): number {
  const free = host?.swapFreeBytes ?? 0
  if (group === null || group.swapLimitBytes === null) return free
  const limit =
    group.version === 2
      ? group.swapLimitBytes
      : group.swapLimitBytes - (group.limitBytes ?? group.swapLimitBytes)
  return Math.max(0, Math.min(free, limit - (group.swapUsageBytes ?? 0)))
}

/** Only mode 2 of vm.overcommit_memory refuses a fork for what others were promised. */
function commitLeft(world: World, host: HostMemory | null): number | null {
  const mode = sysctl(world, 'vm.overcommit_memory')
  const limit = host?.fields.get('CommitLimit')
  const committed = host?.fields.get('Committed_AS')
  if (mode !== '2' || limit === undefined || committed === undefined) return null
  return Math.max(0, limit - committed)
}

function sysctl(world: World, name: string): string | null {
  return (
    factsOf(world, 'host-state')
      .findLast(({ sysctls }) => sysctls.has(name))
      ?.sysctls.get(name) ?? null
  )
}

function kernelVersion(world: World): string | null {
  const states = factsOf(world, 'host-state')
  return states.findLast((state) => state.kernelVersion !== null)?.kernelVersion ?? null
}

/** Redis turns them off after it has begun: some of what it had before stays huge. */
const HUGE_SHARE = 0.25

function hasHugePages({ anonHugeBytes, anonRssBytes }: ProcessState): boolean | null {
  if (anonHugeBytes === null || anonRssBytes === null) return null
  return anonHugeBytes > HUGE_SHARE * anonRssBytes
}

function factsOf<K extends FactKind>(world: World, kind: K): FactOf<K>[] {
  const isKind = (fact: World['observations'][number]['fact']): fact is FactOf<K> =>
    fact.kind === kind
  return world.observations.map(({ fact }) => fact).filter(isKind)
}
