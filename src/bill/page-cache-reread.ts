import { formatBytes, MIB } from '../model/bytes.ts'
import type { Pressure } from '../model/facts.ts'
import type { CacheReading, CacheSurroundings } from './page-cache-reading.ts'

/** Pages of files that were dropped and then read again: workingset refaults (mm/workingset.c). */
export interface Reread {
  /** Since the group was made; null where the kernel does not count it, as older ones on v1. */
  bytes: number | null
  pageSizeBytes: number
  /** It goes on, and it hurts. */
  thrashing: boolean
  says: string[]
}

/** Of the whole cache thrown away and read again in less than this, somebody waits for the disk all the time. */
const TURNOVER_SECONDS = 60
/** Two looks that are closer to one another tell no rate. */
const LEAST_SECONDS = 0.1
/** Less is no load for any disk. */
const LEAST_BYTES_PER_SECOND = MIB
/** Share of the time in which some task waited for memory. */
const WAITING_SHARE = 0.05
const WAITING_PERCENT = 1

export function rereadOf(
  now: CacheReading,
  cacheBytes: number,
  { earlier = null, pageSizeBytes = 4096 }: CacheSurroundings,
): Reread {
  const pages = refaults(now.group.stat)
  if (pages === null) return { bytes: null, pageSizeBytes, thrashing: false, says: [] }
  const bytes = pages * pageSizeBytes
  const before = earlier === null ? null : refaults(earlier.reading.group.stat)
  if (earlier !== null && before !== null && before <= pages && earlier.seconds >= LEAST_SECONDS) {
    const since = { bytes: (pages - before) * pageSizeBytes, seconds: earlier.seconds }
    const waited = waitedShare(earlier.reading.pressure, now.pressure, earlier.seconds)
    return { bytes, pageSizeBytes, ...between(since, cacheBytes, waited) }
  }
  return { bytes, pageSizeBytes, ...sinceTheStart(now, bytes, cacheBytes) }
}

type Judged = Pick<Reread, 'thrashing' | 'says'>

function between(
  since: { bytes: number; seconds: number },
  cacheBytes: number,
  waited: number | null,
): Judged {
  const rate = since.bytes / since.seconds
  const turnover = Math.max(cacheBytes, MIB) / rate
  const thrashing =
    rate >= LEAST_BYTES_PER_SECOND &&
    (turnover <= TURNOVER_SECONDS || (waited ?? 0) >= WAITING_SHARE)
  const span = `in ${round(since.seconds)} s`
  const waits =
    waited === null ? '' : `; tasks waited for memory ${round(waited * 100)} % of that time`
  if (!thrashing) {
    const says = `${span} ${formatBytes(since.bytes)} of page cache were read again after they had been dropped${waits}`
    return { thrashing, says: since.bytes === 0 ? [] : [says] }
  }
  return {
    thrashing,
    says: [
      `${span} ${formatBytes(since.bytes)} of files were read again that had just been dropped to make room, ${formatBytes(rate)} a second${waits}: the files in use are larger than what is left for page cache`,
    ],
  }
}

/** Counters since the group was made, and PSI, which is of now. */
function sinceTheStart(now: CacheReading, bytes: number, cacheBytes: number): Judged {
  if (bytes < cacheBytes) return { thrashing: false, says: [] }
  const times = round(bytes / Math.max(cacheBytes, MIB))
  const all = `since the group was made ${formatBytes(bytes)} of files were read again after they had been dropped, ${times} times the page cache`
  const some = now.pressure?.some ?? null
  const waiting = some === null ? null : Math.max(some.avg10, some.avg60)
  if (waiting !== null && waiting >= WAITING_PERCENT && mostlyFiles(now.group.stat)) {
    return {
      thrashing: true,
      says: [`${all}, and tasks wait for memory ${round(waiting)} % of the time`],
    }
  }
  const open =
    waiting === null
      ? 'whether it goes on shows a second look'
      : 'but hardly any task waits for it now'
  return { thrashing: false, says: [`${all}; ${open}`] }
}

/** One counter for files and anonymous memory before 5.9. */
function refaults(stat: ReadonlyMap<string, number>): number | null {
  return stat.get('workingset_refault_file') ?? stat.get('workingset_refault') ?? null
}

/** Waiting may also be for swap. */
function mostlyFiles(stat: ReadonlyMap<string, number>): boolean {
  return (refaults(stat) ?? 0) >= (stat.get('workingset_refault_anon') ?? 0)
}

function waitedShare(
  before: Pressure | null,
  now: Pressure | null,
  seconds: number,
): number | null {
  const [first, last] = [before?.some?.totalMicroseconds, now?.some?.totalMicroseconds]
  if (first === undefined || last === undefined || last < first) return null
  return Math.min(1, (last - first) / (seconds * 1_000_000))
}

function round(value: number): string {
  return String(value >= 10 ? Math.round(value) : Math.round(value * 10) / 10)
}
