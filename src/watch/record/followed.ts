/** What is recorded, found again after each restart. */
import { setTimeout as pause } from 'node:timers/promises'
import { describeCgroupPath } from '../../evidence/cgroup-path.ts'
import { unreachableError, usageError } from '../../model/errors.ts'
import type { ContainerState } from '../../model/facts.ts'
import type { SeriesMark } from '../../model/series.ts'
import type { Subject, Target } from '../../model/subject.ts'
import type { Instant } from '../../model/time.ts'
import { notFound } from '../../investigate/collect/container.ts'
import { findContainer, meantContainers } from '../../investigate/collect/find-container.ts'
import { Gathering } from '../../investigate/collect/gathering.ts'
import { resolveName } from '../../investigate/collect/name.ts'
import { pathInHierarchy } from '../../sources/cgroup/hierarchy.ts'
import type { MemoryHierarchy } from '../../sources/cgroup/hierarchy.ts'
import { cgroupOfProcess, locateContainer } from '../../sources/cgroup/locate.ts'
import { readEvents } from '../../sources/docker/container.ts'
import type { FoundContainer } from '../../sources/docker/container.ts'
import type { Reader } from '../../sources/reader.ts'

/** An engine notices the end of a container within this time. */
const DYING_MS = 500

export interface FollowedGroup {
  kind: 'group'
  subject: Subject
  /** Its memory group at this moment; null: it does not run. */
  locate(): Promise<string | null>
  /** Ends and starts that its engine knows of, after an instant. */
  happened(after: Instant): Promise<SeriesMark[]>
}

export interface FollowedProcess {
  kind: 'process'
  pid: number
}

export type Followed = FollowedGroup | FollowedProcess

/**
 * Finds what a target means.
 *
 * @throws StellaError 2 where nothing can be recorded of such a target; 3 where it does not exist
 */
export async function follow(
  reader: Reader,
  hierarchy: MemoryHierarchy,
  target: Target,
): Promise<Followed> {
  const known =
    target.kind === 'name'
      ? await withGathering(reader, (it) => resolveName(it, target.name))
      : target
  switch (known.kind) {
    case 'container':
      return followContainer(reader, hierarchy, known)
    case 'cgroup':
      return followGroup(pathInHierarchy(hierarchy, known.path))
    case 'process':
      return { kind: 'process', pid: known.pid }
    default:
      throw usageError(
        'only containers, memory groups and processes of this machine can be recorded',
        null,
        'name docker:NAME, podman:NAME, cgroup:/PATH or pid:N; of a pod its group, cgroup:/kubepods…',
      )
  }
}

function followGroup(path: string): FollowedGroup {
  return {
    kind: 'group',
    subject: { platform: 'cgroup', name: path, id: path, image: null },
    locate: () => Promise.resolve(path),
    happened: () => Promise.resolve([]),
  }
}

async function followContainer(
  reader: Reader,
  hierarchy: MemoryHierarchy,
  target: Extract<Target, { kind: 'container' }>,
): Promise<FollowedGroup> {
  const search = await withGathering(reader, (it) => findContainer(it, target.engine, target.name))
  if (search.found === null) {
    const { answered } = search
    const meant = await withGathering(reader, (it) => meantContainers(it, target.name, answered))
    throw notFound(target, search, meant)
  }
  const first = search.found.state.fact
  // By its name it is found again when it was made anew; the id is that of one container alone.
  const name = first.name ?? target.name

  async function found(): Promise<FoundContainer | null> {
    const again = await withGathering(reader, (it) => findContainer(it, target.engine, name))
    return again.found
  }

  async function look(): Promise<{ running: boolean; path: string | null }> {
    const state = (await found())?.state.fact
    const running = state?.running === true
    return { running, path: running ? groupOf(reader, hierarchy, state) : null }
  }

  const now = await look()
  // One that dies at this moment still runs to its engine, and has no group any more.
  if (now.running && now.path === null) await expectGroup(look, name)

  return {
    kind: 'group',
    subject: { platform: target.engine, name, id: first.id, image: first.image },
    locate: async () => (await look()).path,
    async happened(after) {
      const container = await found()
      if (container === null) return []
      const { id } = container.state.fact
      return withGathering(reader, async (gathering) => {
        const options = { since: after, signal: gathering.callSignal() }
        const { observations } = await readEvents(reader, container.engine, id, options)
        return observations.flatMap(({ at, fact }): SeriesMark[] => {
          if (fact.kind !== 'container-event' || at === null || at <= after) return []
          if (fact.action === 'oom') return [{ at, kind: 'kill', says: 'out of memory' }]
          return fact.action === 'start' ? [{ at, kind: 'start', says: 'restarted' }] : []
        })
      })
    },
  }
}

async function expectGroup(
  look: () => Promise<{ running: boolean; path: string | null }>,
  name: string,
): Promise<void> {
  await pause(DYING_MS)
  const { running, path } = await look()
  if (!running || path !== null) return
  throw unreachableError(
    'the container runs, and its memory group is not on this machine',
    name,
    'run it on the machine where the container runs, with its /sys/fs/cgroup',
  )
}

/** The engine's word for the main process is checked against the kernel's: PIDs of another machine are not ours. */
function groupOf(reader: Reader, hierarchy: MemoryHierarchy, state: ContainerState): string | null {
  const byProcess =
    state.pid === null || state.pid === 0 ? null : cgroupOfProcess(reader, hierarchy, state.pid)
  const containers = byProcess === null ? [] : describeCgroupPath(byProcess).containers
  const own = containers.find(({ id }) => id === state.id)?.path
  return own ?? locateContainer(reader, hierarchy, state)
}

async function withGathering<T>(
  reader: Reader,
  work: (gathering: Gathering) => Promise<T>,
): Promise<T> {
  const gathering = new Gathering({ reader, presentOnly: true })
  try {
    return await work(gathering)
  } finally {
    gathering.end()
  }
}
