/** Looks at what is to be pressed. Changes nothing. */
import { hostname } from 'node:os'
import { unreachableError, usageError } from '../model/errors.ts'
import type { StellaError } from '../model/errors.ts'
import type { World } from '../model/evidence.ts'
import type { CgroupState } from '../model/facts.ts'
import type { FixTarget } from '../model/fix.ts'
import type { Target } from '../model/subject.ts'
import { collect } from '../investigate/collect.ts'
import { findMemoryHierarchy, folderOf, pathInHierarchy } from '../sources/cgroup/hierarchy.ts'
import { cgroupOfProcess } from '../sources/cgroup/locate.ts'
import { whyUncounted } from '../sources/cgroup/uncounted.ts'
import { readHostNow } from '../sources/host/live.ts'
import type { HostReading } from '../sources/host/live.ts'
import { textOrNull } from '../sources/reader.ts'
import type { Reader } from '../sources/reader.ts'
import { containerIn, groupAt, ownPath } from '../verification/own-group.ts'
import type { Naming } from './consent.ts'

/** What is to be pressed, as it is now. */
export interface SubjectSeen extends Naming {
  /** What a driver changes the limit of. */
  fixTarget: Extract<FixTarget, { kind: 'container' | 'cgroup' }>
  /** Of its group. */
  folder: string
  version: 1 | 2
  /** Of a container, as this machine counts; null: a bare group has none. */
  mainPid: number | null
  state: CgroupState
  /** A group inside it may have a limit of its own. */
  takesLeaf: boolean
  host: HostReading
}

/**
 * @param named as it was asked for
 * @throws StellaError 2 where it is nothing that could be pressed; 3 where it is not there, or does not run
 */
export async function seeSubject(
  named: string,
  target: Target,
  reader: Reader,
): Promise<SubjectSeen> {
  const { world, target: found } = await collect(target, {
    reader,
    presentOnly: true,
    rollupMaxRssBytes: 0,
  })
  if (found.kind !== 'container' && found.kind !== 'cgroup') throw noGroupOfItsOwn(named)
  return seenIn(world, { named, found, reader })
}

function seenIn(
  world: World,
  asked: {
    named: string
    found: Extract<Target, { kind: 'container' | 'cgroup' }>
    reader: Reader
  },
): SubjectSeen {
  const { named, found, reader } = asked
  const hierarchy = findMemoryHierarchy(reader)
  // A path of the root is no path of a group: its folder is found all the same.
  const path =
    found.kind === 'cgroup' && hierarchy !== null
      ? pathInHierarchy(hierarchy, found.path)
      : ownPath(world, found)
  const state = groupAt(world, path)
  const folder = hierarchy === null || path === null ? null : folderOf(hierarchy, path)
  if (hierarchy === null || path === null || state === null || folder === null) {
    throw unreachableError(
      'has no living memory group on this machine',
      named,
      'start it first, and run stella on its own machine',
    )
  }
  const uncounted = whyUncounted(reader, hierarchy, path)
  if (uncounted !== null) throw unreachableError(uncounted.what, path, uncounted.todo)
  const container = containerIn(world)
  const isContainer = found.kind === 'container' && container !== null
  return {
    named,
    name: container?.name ?? path,
    path,
    image: container?.image ?? null,
    labels: container?.labels ?? {},
    env: container?.env ?? [],
    hostName: hostname(),
    ownPath: cgroupOfProcess(reader, hierarchy, process.pid),
    // What runs in Podman 4 is changed at its group: its own update makes a container anew.
    fixTarget:
      isContainer && found.engine === 'docker'
        ? { kind: 'container', engine: 'docker', name: container.name ?? found.name }
        : { kind: 'cgroup', path },
    folder,
    version: hierarchy.version,
    mainPid: isContainer ? container.pid : null,
    state,
    takesLeaf:
      hierarchy.version === 1 ||
      (textOrNull(reader, `${folder}/cgroup.subtree_control`) ?? '').includes('memory'),
    host: readHostNow(reader),
  }
}

function noGroupOfItsOwn(named: string): StellaError {
  return usageError(
    'is neither a container nor a memory group',
    named,
    'name one, as in docker:web or cgroup:/system.slice/web.service',
  )
}
