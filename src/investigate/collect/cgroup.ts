import { cgroupRelation, describeCgroupPath } from '../../evidence/cgroup-path.ts'
import { unreachableError } from '../../model/errors.ts'
import type { World } from '../../model/evidence.ts'
import { pathInHierarchy } from '../../sources/cgroup/hierarchy.ts'
import { joinReadings } from '../../sources/reading.ts'
import { findContainer } from './find-container.ts'
import type { Gathering } from './gathering.ts'
import { readGroupWorld, readMachine } from './surroundings.ts'
import { readContainer } from '../../sources/docker/container.ts'

/** A group by its path in the hierarchy or by its folder. One that is gone is still told of by the kernel log. */
export async function collectCgroup(gathering: Gathering, given: string): Promise<World> {
  const { hierarchy } = gathering
  const path = hierarchy === null ? given : pathInHierarchy(hierarchy, given)
  const log = gathering.kernelLog(null, null)
  const engine = readEngineOf(gathering, path)
  const group = joinReadings(readGroupWorld(gathering, path))
  const kernel = await log
  const lives = group.observations.some(
    ({ fact }) => fact.kind === 'cgroup-state' && fact.path === path,
  )
  if (!lives && !isTold(kernel, path)) {
    throw unreachableError(
      `there is no cgroup ${path} below ${hierarchy?.mountPoint ?? '/sys/fs/cgroup'}, and the kernel log does not speak of it`,
      `cgroup:${given}`,
      "look for its path in /proc/PID/cgroup, or below the mount point with 'find -type d'",
    )
  }
  return joinReadings([await engine, group, kernel, readMachine(gathering)])
}

function isTold(world: World, path: string): boolean {
  return world.observations.some(({ fact }) => {
    if (fact.kind !== 'kernel-oom') return false
    return [fact.oomMemcg, fact.taskMemcg].some(
      (told) => told !== null && ['same', 'ancestor'].includes(cgroupRelation(path, told)),
    )
  })
}

/** A group that belongs to a container is better understood with what its engine says; nobody minds if none does. */
export async function readEngineOf(gathering: Gathering, path: string): Promise<World> {
  const { containerId, engine } = describeCgroupPath(path)
  const nothing: World = { observations: [], unknown: [] }
  if (containerId === null) return nothing
  const kinds = engine === null ? (['docker', 'podman'] as const) : [engine]
  for (const kind of kinds) {
    if (kind !== 'docker' && kind !== 'podman') continue
    const { found } = await findContainer(gathering, kind, containerId)
    if (found === null) continue
    if (gathering.presentOnly) return { observations: [found.state], unknown: [] }
    return gathering.ask(`${kind} at ${found.engine.where}`, (signal) =>
      readContainer(gathering.reader, found, { since: gathering.since, signal }),
    )
  }
  return nothing
}
