import type { ProcessMemory } from '../../model/memory.ts'
import { LONGEST_NAME, own } from './line.ts'

/** One row of the task table; memory stands in pages, page tables before 4.15 too. */
export interface TaskRow {
  pid: number
  name: string
  /** The kernel's own column names, one list for all rows of a table. */
  columns: readonly string[]
  values: readonly number[]
}

/** Null where the table has no such column, and where a damaged log has a figure that cannot be. */
export function valueOf(row: TaskRow, column: string): number | null {
  const value = row.values[row.columns.indexOf(column)] ?? null
  return value !== null && value < 0 && !SIGNED.has(column) ? null : value
}

/** The kernel prints all others with `%lu`. */
const SIGNED: ReadonlySet<string> = new Set(['uid', 'oom_score_adj'])

/** PID_MAX_LIMIT is 2^22. */
const LARGEST_PID = 2 ** 31
const BLANK = 0x20
const MINUS = 0x2d

/** Reads "[   289]     0   289     8586     8362   102400        0             0 tail" under the given columns. */
export function readRow(text: string, columns: readonly string[]): TaskRow | null {
  const close = text.indexOf(']')
  const pid = close < 0 ? Number.NaN : Number(text.slice(1, close))
  if (!Number.isInteger(pid) || pid < 0 || pid > LARGEST_PID) return null
  const values: number[] = []
  let p = close + 1
  while (values.length < columns.length - 1) {
    const start = p
    while (text.charCodeAt(p) === BLANK) p++
    const end = endOfNumber(text, p)
    if (p === start || end === p) return null
    const value = Number(text.slice(p, end))
    if (!Number.isSafeInteger(value)) return null
    values.push(value)
    p = end
  }
  const name = text.slice(p + 1).trimEnd()
  if (text.charCodeAt(p) !== BLANK || name === '' || name.length > LONGEST_NAME) return null
  return { pid, name: own(name), columns, values }
}

/** Position after the digits, which may have a minus; the same position where there are none. */
function endOfNumber(text: string, start: number): number {
  const digits = text.charCodeAt(start) === MINUS ? start + 1 : start
  let p = digits
  while (isDigit(text.charCodeAt(p))) p++
  return p === digits ? start : p
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

/** True for a row whose end may stand in the next line of a wrapped mail. */
export function isRowStart(text: string): boolean {
  return /^\[ *\d+\](?: +-?\d+){3}/.test(text)
}

/** A row in bytes; figures in pages stay unknown without a page size. Badness is added by the report. */
export function processOf(row: TaskRow, pageSizeBytes: number | null): ProcessMemory {
  const pages = (column: string): number | null => {
    const value = valueOf(row, column)
    return value === null || pageSizeBytes === null ? null : value * pageSizeBytes
  }
  return {
    pid: row.pid,
    name: row.name,
    rssBytes: pages('rss'),
    anonRssBytes: pages('rss_anon'),
    fileRssBytes: pages('rss_file'),
    shmemRssBytes: pages('rss_shmem'),
    totalVmBytes: pages('total_vm'),
    pageTableBytes: pageTableBytes(row, pageSizeBytes),
    swapBytes: pages('swapents'),
    oomScoreAdj: valueOf(row, 'oom_score_adj'),
    badness: null,
    uid: valueOf(row, 'uid'),
  }
}

/** Bytes since 4.15; before, counts of tables at each level, one page each. */
export function pageTableBytes(row: TaskRow, pageSizeBytes: number | null): number | null {
  const bytes = valueOf(row, 'pgtables_bytes')
  if (bytes !== null) return bytes
  const tables = valueOf(row, 'nr_ptes')
  if (tables === null || pageSizeBytes === null) return null
  const upper = (valueOf(row, 'nr_pmds') ?? 0) + (valueOf(row, 'nr_puds') ?? 0)
  return (tables + upper) * pageSizeBytes
}
