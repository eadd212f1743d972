/** The memory group of a container that runs on this machine. */
import { formatBytes } from '../../../model/bytes.ts'
import type { CgroupState } from '../../../model/facts.ts'
import { groupState } from '../../../sources/cgroup/group.ts'
import { findMemoryHierarchy } from '../../../sources/cgroup/hierarchy.ts'
import { cgroupOfProcess } from '../../../sources/cgroup/locate.ts'
import type { Reader } from '../../../sources/reader.ts'
import { conflict } from '../../conflict.ts'

/** Null where it does not run, or its engine runs on another machine. */
export function groupOf(
  reader: Reader,
  { id, pid }: { id: string; pid: number | null },
): CgroupState | null {
  const hierarchy = pid === null ? null : findMemoryHierarchy(reader)
  if (hierarchy === null || pid === null) return null
  const path = cgroupOfProcess(reader, hierarchy, pid)
  // A PID of another machine may be anybody's here: the path has to name the container.
  if (path === null || !path.includes(id)) return null
  return groupState(reader, hierarchy, path)
}

/** The kernel rounds down to whole pages, which are 64 KiB at most. */
const PAGE_BYTES = 64 * 1024

/** @throws StellaError where the kernel enforces something else than was asked for */
export function checkInForce(group: CgroupState | null, limitBytes: number): void {
  if (group === null) return
  const found = group.limitBytes
  if (found !== null && Math.abs(found - limitBytes) < PAGE_BYTES) return
  throw conflict(
    `the limit in force is ${found === null ? 'none' : formatBytes(found)} instead of ${formatBytes(limitBytes)}`,
    group.path,
    'look what else sets limits there',
  )
}
