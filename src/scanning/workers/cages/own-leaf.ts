/** Room for groups within a group of cgroup v2 that was handed over to us, as `Delegate=` of systemd does. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const LEAF = 'stella-host'

/**
 * Moves us, and what we started, into a group of its own below: a group with processes in it may have no limited groups
 * beside them. cgroup-v2.rst, "No Internal Process Constraint"
 *
 * @throws Error of the system, or where somebody else lives in the group, who is not to be moved
 */
export function moveIntoLeaf(folder: string): void {
  const pids = pidsIn(folder)
  const stranger = pids.find((pid) => pid !== process.pid && parentOf(pid) !== process.pid)
  if (stranger !== undefined) throw new Error(`process ${stranger} lives in it, too`)
  const leaf = join(folder, LEAF)
  mkdirSync(leaf, { recursive: true })
  for (const pid of pids) writeFileSync(join(leaf, 'cgroup.procs'), String(pid))
}

function pidsIn(folder: string): number[] {
  return readFileSync(join(folder, 'cgroup.procs'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map(Number)
}

function parentOf(pid: number): number | null {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  } catch {
    return null
  }
}
