import { numberAt } from './tree-counters.ts'
import type { FilePool } from './tree-files.ts'

/** Processes of one group whose sizes are read; of more, the biggest of these is told. */
export const MAX_SIZED = 1_000

const NEWLINE = 10
/** The third field is not needed; `%lu %lu` of size and resident pages, see proc_pid_statm(5). */
const SPACE = 32

export interface BiggestProcess {
  pid: number
  /** Null: it ended before its name was read. */
  name: string | null
  rssBytes: number
}

export interface ProcessSizes {
  biggest: BiggestProcess | null
  /** Processes that are there and may not be read (hidepid, another user's). */
  hidden: number
}

export interface ProcessReader {
  /**
   * How many processes are in the group itself; null: its list cannot be read, see the pool's problem.
   * In v1 a list that is held open tells an old state for as long as it is read more than once a second
   * (cgroup_pidlist_start in kernel/cgroup/cgroup-v1.c), so it is opened each time.
   */
  count(listPath: string): number | null
  /** The PIDs that were counted last, at most {@link MAX_SIZED}. */
  readonly counted: readonly number[]
  /** The sizes of those that were counted last. */
  sizes(listPath: string): ProcessSizes
}

/**
 * @param procFolder `/proc`, with the reader's root
 * @param pageBytes the unit of /proc/PID/statm
 */
export function processReader(
  pool: FilePool,
  procFolder: string,
  pageBytes: number,
): ProcessReader {
  const { buffer } = pool
  let count = 0
  let pids: number[] = []
  /** A number may be cut by the end of a piece. */
  let started = 0

  function take(length: number): void {
    for (let at = 0; at < length; at++) {
      const byte = buffer[at] ?? 0
      if (byte !== NEWLINE) {
        started = started * 10 + (byte - 48)
        continue
      }
      count++
      // 0: a process of another PID namespace.
      if (started > 0 && pids.length < MAX_SIZED) pids.push(started)
      started = 0
    }
  }

  function list(path: string): boolean {
    count = 0
    started = 0
    pids = []
    return pool.readPieces(path, take)
  }

  function rssBytes(pid: number): number | null {
    const length = pool.readOnce(`${procFolder}/${pid}/statm`)
    if (length <= 0) return null
    const blank = buffer.indexOf(SPACE)
    const pages = blank === -1 || blank >= length ? Number.NaN : numberAt(buffer, blank + 1, length)
    return pages >= 0 ? pages * pageBytes : null
  }

  function nameOf(pid: number): string | null {
    const length = pool.readOnce(`${procFolder}/${pid}/comm`)
    return length <= 0 ? null : buffer.toString('utf8', 0, length).replace(/\n$/, '')
  }

  return {
    count: (listPath) => (list(listPath) ? count : null),
    get counted() {
      return pids
    },
    sizes(listPath) {
      let biggest: BiggestProcess | null = null
      let denied = 0
      const missing: number[] = []
      for (const pid of pids) {
        const bytes = rssBytes(pid)
        if (bytes === null) {
          if (pool.problem?.kind === 'denied') denied++
          else missing.push(pid)
        } else if (biggest === null || bytes > biggest.rssBytes) {
          biggest = { pid, name: null, rssBytes: bytes }
        }
      }
      if (biggest !== null) biggest.name = nameOf(biggest.pid)
      const hidden = denied + stillListed(listPath, missing)
      return { biggest, hidden }
    },
  }

  /** hidepid=2 hides a process as if it were gone: one that is still in the list is not. */
  function stillListed(listPath: string, missing: readonly number[]): number {
    if (missing.length === 0 || !list(listPath)) return 0
    const listed = new Set(pids)
    return missing.filter((pid) => listed.has(pid)).length
  }
}
