import type { World } from '../../model/evidence.ts'
import type {
  CgroupState,
  FactKind,
  FactOf,
  HostMemory,
  HostState,
  ProcessState,
} from '../../model/facts.ts'
import { describeCgroupPath } from '../../evidence/cgroup-path.ts'
import type { Target } from '../../model/subject.ts'
import { MIB } from '../../model/bytes.ts'
import type { OomCandidate } from './candidate.ts'
import { type OomEvidence, USUAL_PAGE_BYTES } from './evidence.ts'
import { isInside } from './paths.ts'
import { rulesOf } from './rules.ts'
import type { OomSetting } from './simulate.ts'
import { groupTotalBytes, hostTotalBytes } from './total.ts'

/** Resident memory is counted for each CPU in batches of 32 pages and more (lib/percpu_counter.c). */
const BLUR_BYTES = MIB

/**
 * The setting of a kill at the limit of a group that lives, from its files and its processes.
 *
 * @param path the group whose limit is reached
 * @returns null where the group has no limit, or nobody lives there
 */
export function evidenceOfGroup(world: World, path: string): OomEvidence | null {
  const group = factsOf(world, 'cgroup-state').find((state) => state.path === path)
  const limitBytes = group?.limitBytes ?? null
  if (group === undefined || limitBytes === null) return null
  const candidates = inOrder(
    factsOf(world, 'process-state')
      .filter(({ cgroupPaths }) => isInside(cgroupPaths[0] ?? null, path))
      .map((process) => candidateOf(process, path === '/init.scope')),
    group.version,
  )
  if (candidates.length === 0) return null
  const machineSwapBytes = hostMemoryOf(world)?.swapTotalBytes ?? null
  const totalBytes = groupTotalBytes({
    limitBytes,
    swap: swapAllowed(group, limitBytes),
    machineSwapBytes,
    // v1 has a setting of each group, which is the machine's unless it was changed.
    swappiness: sysctl(world, 'vm.swappiness'),
  })
  return {
    setting: {
      ...commonSetting(world),
      scope: 'memory-group',
      candidates,
      scale: scaleOf(totalBytes, limitBytes),
      path,
      oomGroups: oomGroupsOf(world),
      killDisabled: group.oomControl?.killDisable ?? false,
    },
    cgroupVersion: group.version,
    kernelVersion: kernelVersionOf(world),
    limitBytes,
    roomBytes: roomOf(group, limitBytes),
    killed: null,
    blurBytes: BLUR_BYTES,
    unknown:
      totalBytes === null
        ? ['how much swap the machine has is not known: scores are left out']
        : [],
  }
}

/**
 * The setting of a kill because the machine runs out, from all of its processes.
 *
 * @returns null where no process is told
 */
export function evidenceOfHost(world: World): OomEvidence | null {
  const candidates = inOrder(
    factsOf(world, 'process-state').map((process) => candidateOf(process, process.pid === 1)),
    null,
  )
  if (candidates.length === 0) return null
  const memory = hostMemoryOf(world)
  const totalBytes = hostTotalBytes(memory?.totalBytes ?? null, memory?.swapTotalBytes ?? null)
  const seesKernel = candidates.some(({ pid, exempt }) => pid === 2 && exempt === 'no-memory')
  return {
    setting: {
      ...commonSetting(world),
      scope: 'host',
      candidates,
      scale: scaleOf(totalBytes, memory?.totalBytes ?? 0),
      path: null,
      oomGroups: oomGroupsOf(world),
      killDisabled: false,
    },
    cgroupVersion: factsOf(world, 'cgroup-state')[0]?.version ?? null,
    kernelVersion: kernelVersionOf(world),
    limitBytes: null,
    roomBytes: memory?.availableBytes ?? null,
    killed: null,
    blurBytes: BLUR_BYTES,
    unknown: [
      ...(totalBytes === null
        ? ['RAM and swap of the machine are not known: scores are left out']
        : []),
      ...(seesKernel
        ? []
        : [
            "no thread of the kernel is visible: these may be the processes of one container, not the machine's",
          ]),
    ],
  }
}

/** The group that a target lives in; null where the world does not tell. */
export function groupOfTarget(world: World, target: Target): string | null {
  const paths = factsOf(world, 'cgroup-state').flatMap(({ path }) => path ?? [])
  switch (target.kind) {
    case 'cgroup':
      // A group may be named by its folder below the mount point.
      return (
        paths
          .filter((path) => path === target.path || target.path.endsWith(path))
          .toSorted((a, b) => b.length - a.length)[0] ?? null
      )
    case 'process': {
      const process = factsOf(world, 'process-state').find(({ pid }) => pid === target.pid)
      return process?.cgroupPaths[0] ?? null
    }
    case 'container': {
      const id = factsOf(world, 'container-state').at(-1)?.id
      const containers = paths.flatMap((path) => describeCgroupPath(path).containers)
      return containers.find((container) => container.id === id)?.path ?? null
    }
    default:
      return null
  }
}

/** The limited group that is nearest to a group on the way up, itself first; null where nothing on the way has a limit. */
export function nearestLimit(world: World, path: string): string | null {
  const limited = factsOf(world, 'cgroup-state').filter(
    (state) => state.path !== null && state.limitBytes !== null && isInside(path, state.path),
  )
  const nearest = limited.toSorted((a, b) => (b.path?.length ?? 0) - (a.path?.length ?? 0))[0]
  return nearest?.path ?? null
}

/** Every group that has a limit. */
export function limitedGroups(world: World): string[] {
  return factsOf(world, 'cgroup-state').flatMap(({ path, limitBytes }) =>
    path === null || limitBytes === null ? [] : [path],
  )
}

/** Groups above one whose limit is nearer than its own: what fills them is killed first, there. */
export function tighterAbove(world: World, path: string): { path: string; roomBytes: number }[] {
  const states = factsOf(world, 'cgroup-state')
  const own = states.find((state) => state.path === path)
  const ownRoom =
    own?.limitBytes === undefined || own.limitBytes === null ? null : roomOf(own, own.limitBytes)
  return states.flatMap((state) => {
    if (state.path === null || state.path === path || !isInside(path, state.path)) return []
    const roomBytes = state.limitBytes === null ? null : roomOf(state, state.limitBytes)
    const isTighter = roomBytes !== null && ownRoom !== null && roomBytes < ownRoom
    return isTighter ? [{ path: state.path, roomBytes }] : []
  })
}

function commonSetting(
  world: World,
): Pick<OomSetting, 'rules' | 'panicOnOom' | 'killsAllocatingTask'> {
  const allocating = sysctl(world, 'vm.oom_kill_allocating_task')
  return {
    rules: rulesOf(kernelVersionOf(world)),
    panicOnOom: sysctl(world, 'vm.panic_on_oom'),
    killsAllocatingTask: allocating === null ? null : allocating !== 0,
  }
}

function candidateOf(process: ProcessState, isInit: boolean): OomCandidate {
  // What has no address space has no Vm lines in its status file, which was read if it told the state.
  const hasNoMemory = process.rssBytes === null && process.state !== null
  return {
    pid: process.pid,
    name: process.name ?? '?',
    rssBytes: process.rssBytes,
    anonRssBytes: process.anonRssBytes,
    fileRssBytes: process.fileRssBytes,
    shmemRssBytes: process.shmemRssBytes,
    totalVmBytes: process.totalVmBytes,
    pageTableBytes: process.pageTableBytes,
    swapBytes: process.swapBytes,
    oomScoreAdj: process.oomScoreAdj,
    uid: process.uid,
    parentPid: process.parentPid,
    cgroup: process.cgroupPaths[0] ?? null,
    exempt: hasNoMemory ? 'no-memory' : isInit && process.pid === 1 ? 'init' : null,
  }
}

/**
 * The order in which the kernel meets them. cgroup.procs of v2 has it already; v1 sorts by PID, and the machine's processes
 * are met as they were started, which PIDs tell unless they have wrapped around.
 */
function inOrder(candidates: OomCandidate[], version: 1 | 2 | null): OomCandidate[] {
  return version === 2 ? candidates : candidates.toSorted((a, b) => a.pid - b.pid)
}

function swapAllowed(group: CgroupState, limitBytes: number): number | 'unlimited' {
  // Without the file swap is not limited either.
  if (group.swapLimitBytes === null) return 'unlimited'
  return group.version === 2 ? group.swapLimitBytes : Math.max(0, group.swapLimitBytes - limitBytes)
}

/** Page cache is given back before anything is killed. */
function roomOf(group: CgroupState, limitBytes: number): number | null {
  if (group.usageBytes === null) return null
  const prefix = group.version === 1 ? 'total_' : ''
  const cache = ['active_file', 'inactive_file'].map(
    (key) => group.stat.get(`${prefix}${key}`) ?? 0,
  )
  const held = cache.reduce((left, bytes) => left - bytes, group.usageBytes)
  return Math.max(0, limitBytes - Math.max(0, held))
}

function oomGroupsOf(world: World): Map<string, boolean> {
  const states = factsOf(world, 'cgroup-state')
  return new Map(
    states.flatMap(({ path, oomGroup }) =>
      path === null || oomGroup === null ? [] : [[path, oomGroup] as const],
    ),
  )
}

function scaleOf(totalBytes: number | null, atLeastBytes: number): OomSetting['scale'] {
  const pages = (bytes: number) => Math.floor(bytes / USUAL_PAGE_BYTES)
  return {
    totalPages: totalBytes === null ? null : pages(totalBytes),
    atLeastPages: pages(atLeastBytes),
    pageSizeBytes: USUAL_PAGE_BYTES,
  }
}

function sysctl(world: World, name: string): number | null {
  const values = factsOf(world, 'host-state').flatMap(({ sysctls }) => sysctls.get(name) ?? [])
  const value = values.at(-1) ?? ''
  return /^-?\d{1,9}$/.test(value) ? Number(value) : null
}

function kernelVersionOf(world: World): string | null {
  return factsOf(world, 'host-state').findLast(isVersioned)?.kernelVersion ?? null
}

function isVersioned(state: HostState): boolean {
  return state.kernelVersion !== null
}

function hostMemoryOf(world: World): HostMemory | null {
  return factsOf(world, 'host-memory').at(-1) ?? null
}

function factsOf<K extends FactKind>(world: World, kind: K): FactOf<K>[] {
  const isKind = (fact: World['observations'][number]['fact']): fact is FactOf<K> =>
    fact.kind === kind
  return world.observations.map(({ fact }) => fact).filter(isKind)
}
