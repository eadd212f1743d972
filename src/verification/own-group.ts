/** Finds what belongs to the subject among the observations about it and its surroundings. */
import { cgroupRelation, describeCgroupPath, normaliseCgroupPath } from '../evidence/cgroup-path.ts'
import type { World } from '../model/evidence.ts'
import type { PodContainer } from '../model/cluster.ts'
import type { CgroupState, ContainerState, FactKind, FactOf, ProcessState } from '../model/facts.ts'
import type { FixTarget } from '../model/fix.ts'
import type { Target } from '../model/subject.ts'

/** The facts of one kind, in the order they were read. */
export function factsIn<K extends FactKind>(world: World, kind: K): FactOf<K>[] {
  const isOfKind = (fact: World['observations'][number]['fact']): fact is FactOf<K> =>
    fact.kind === kind
  return world.observations.map(({ fact }) => fact).filter(isOfKind)
}

export function containerIn(world: World): ContainerState | null {
  return factsIn(world, 'container-state')[0] ?? null
}

/** The container of a pod, as the API server tells of it; null where the subject is none, or the pod has several and none is named. */
export function podContainerIn(world: World, target: Target): PodContainer | null {
  if (target.kind !== 'pod') return null
  const pod = factsIn(world, 'pod-state').find(
    ({ namespace, name }) => namespace === target.namespace && name === target.pod,
  )
  const containers = pod?.containers.filter(({ role }) => role === 'main' || role === 'sidecar')
  const [only, more] = (containers ?? []).filter(
    ({ name }) => target.container === null || name === target.container,
  )
  return more === undefined ? (only ?? null) : null
}

/** The path of the subject's own memory group; null where it has none, or it is gone. */
export function ownPath(world: World, target: Target): string | null {
  const paths = factsIn(world, 'cgroup-state').flatMap(({ path }) => path ?? [])
  if (target.kind === 'cgroup') {
    // It may have been given as a folder below the mount point.
    const given = normaliseCgroupPath(target.path)
    return longest(paths.filter((path) => given === path || given.endsWith(path)))
  }
  if (target.kind === 'process') {
    const process = processIn(world, target.pid)
    return longest(paths.filter((path) => process?.cgroupPaths.includes(path) === true))
  }
  const id = containerIn(world)?.id ?? null
  if (id === null) return null
  const own = paths.map((path) => describeCgroupPath(path).containers.find((one) => one.id === id))
  return own.find((one) => one !== undefined)?.path ?? null
}

/** The group whose limit a fix changes: one above the subject, or the subject's own. */
export function limitedPath(
  world: World,
  own: string | null,
  target: FixTarget | null,
): string | null {
  const paths = factsIn(world, 'cgroup-state').flatMap(({ path }) => path ?? [])
  if (target?.kind === 'cgroup') {
    const wanted = normaliseCgroupPath(target.path)
    return paths.find((path) => path === wanted) ?? null
  }
  if (target?.kind === 'unit') {
    return paths.find((path) => path.endsWith(`/${target.name}`)) ?? null
  }
  return own
}

export function groupAt(world: World, path: string | null): CgroupState | null {
  if (path === null) return null
  return factsIn(world, 'cgroup-state').find((state) => state.path === path) ?? null
}

/** The process that has been in the group, or below it, for longest: the nearest to a main process that a group has. */
export function oldestProcess(world: World, path: string): ProcessState | null {
  const inside = factsIn(world, 'process-state').filter(({ cgroupPaths }) =>
    cgroupPaths.some((one) => ['same', 'ancestor'].includes(cgroupRelation(path, one))),
  )
  return inside.reduce<ProcessState | null>(
    (oldest, one) => (oldest === null || ticks(one) < ticks(oldest) ? one : oldest),
    null,
  )
}

export function processIn(world: World, pid: number): ProcessState | null {
  return factsIn(world, 'process-state').find((one) => one.pid === pid) ?? null
}

function ticks({ startTicks }: ProcessState): number {
  return startTicks ?? Number.POSITIVE_INFINITY
}

function longest(paths: readonly string[]): string | null {
  return paths.toSorted((a, b) => b.length - a.length)[0] ?? null
}
