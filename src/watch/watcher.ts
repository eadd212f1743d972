import { unreachableError } from '../model/errors.ts'
import { memoryHierarchy } from '../sources/cgroup/hierarchy.ts'
import type { MemoryHierarchy } from '../sources/cgroup/hierarchy.ts'
import { openTreeSampler } from '../sources/cgroup/tree-sampler.ts'
import { readHostNow } from '../sources/host/live.ts'
import { listFolder } from '../sources/reader.ts'
import type { Reader } from '../sources/reader.ts'
import { containerNames } from './names.ts'
import type { LoadEngines } from './names.ts'
import type { Snapshot } from './row.ts'
import { createTracker } from './tracker.ts'

/** Watches the memory of every group of this machine. */
export interface Watcher {
  readonly hierarchy: MemoryHierarchy
  /** Reads everything once and tells what is known now. Never waits: names of containers come in later rounds. */
  sample(): Snapshot
  /** Where a process lived a moment ago; null: it was not seen. */
  groupOf(pid: number): string | null
  /** Resolves when the names that are being asked for are there. */
  named(): Promise<void>
  close(): void
}

export interface WatcherOptions {
  loadEngines: LoadEngines
  maxGroups?: number
}

const MAX_GROUPS = 10_000
/** Limits and the sizes of processes are read that often. */
const SLOW_SECONDS = 5

/**
 * Opens a watcher.
 *
 * @throws StellaError (unreachable) where the memory controller cannot be seen
 */
export function openWatcher(reader: Reader, options: WatcherOptions): Watcher {
  const hierarchy = readableHierarchy(reader)
  const maxGroups = options.maxGroups ?? MAX_GROUPS
  const sampler = openTreeSampler(reader, hierarchy, { maxGroups, slowSeconds: SLOW_SECONDS })
  const tracker = createTracker()
  const names = containerNames(reader, options.loadEngines)
  const { version, mountRoot } = hierarchy

  function sample(): Snapshot {
    const host = readHostNow(reader)
    const { groups, capped } = sampler.round()
    const round = { seconds: reader.monotonicSeconds(), version, groups, host }
    const { rows, newOomKills } = tracker.observe(round, names.known)
    const unknown = [...names.problems]
    if (capped) unknown.push(`only the first ${maxGroups} groups are watched`)
    // The first group of a machine with v2 has no memory files; one that has them is that of a container.
    if (mountRoot !== '/' || (version === 2 && rows[0]?.path === '/')) {
      unknown.push(`limits above ${mountRoot} are not visible from this container`)
    }
    names.want(rows.flatMap(({ container, gone }) => (container === null || gone ? [] : container)))
    return { at: reader.now(), version, host: { ...host, newOomKills }, rows, unknown }
  }

  return {
    hierarchy,
    sample,
    groupOf: sampler.groupOf,
    named: names.settled,
    close: sampler.close,
  }
}

function readableHierarchy(reader: Reader): MemoryHierarchy {
  const hierarchy = memoryHierarchy(reader)
  const listed = listFolder(reader, hierarchy.mountPoint)
  if (listed.ok) return hierarchy
  throw unreachableError(
    `the memory groups cannot be read (${listed.problem.code})`,
    hierarchy.mountPoint,
    listed.problem.kind === 'denied'
      ? 'run it as root'
      : 'see that the cgroup file system is mounted',
  )
}
