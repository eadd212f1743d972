import type { ProcessMemory } from '../../model/memory.ts'
import { own } from './line.ts'

/** One row of the task table; memory stands in pages, page tables before 4.15 too. */
export interface TaskRow {
  pid: number
  name: string
  /** Numbers by the kernel's own column names. */
  numbers: ReadonlyMap<string, number>
}

const patterns = new Map<number, RegExp>()

/** Reads "[   289]     0   289     8586     8362   102400        0             0 tail" under the given columns. */
export function readRow(text: string, columns: readonly string[]): TaskRow | null {
  const match = rowPattern(columns.length - 1).exec(text)
  if (match === null) return null
  const [, pid, figures = '', name = ''] = match
  const numbers = new Map<string, number>()
  const values = figures.trim().split(/ +/)
  for (const [index, value] of values.entries()) {
    const column = columns[index]
    if (column !== undefined) numbers.set(column, Number(value))
  }
  return { pid: Number(pid), name: own(name.trimEnd()), numbers }
}

/** True for a row whose end may stand in the next line of a wrapped mail. */
export function isRowStart(text: string): boolean {
  return /^\[ *\d+\](?: +-?\d+){3}/.test(text)
}

function rowPattern(count: number): RegExp {
  const known = patterns.get(count)
  if (known !== undefined) return known
  const pattern = new RegExp(String.raw`^\[ *(\d+)\]((?: +-?\d+){${count}}) ([^]+)$`)
  patterns.set(count, pattern)
  return pattern
}

/** A row in bytes; figures in pages stay unknown without a page size. Badness is added by the report. */
export function processOf(row: TaskRow, pageSizeBytes: number | null): ProcessMemory {
  const pages = (column: string): number | null => {
    const value = row.numbers.get(column)
    return value === undefined || pageSizeBytes === null ? null : value * pageSizeBytes
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
    oomScoreAdj: row.numbers.get('oom_score_adj') ?? null,
    badness: null,
    uid: row.numbers.get('uid') ?? null,
  }
}

/** Bytes since 4.15; before, counts of tables at each level, one page each. */
export function pageTableBytes(row: TaskRow, pageSizeBytes: number | null): number | null {
  const bytes = row.numbers.get('pgtables_bytes')
  if (bytes !== undefined) return bytes
  const tables = row.numbers.get('nr_ptes')
  if (tables === undefined || pageSizeBytes === null) return null
  const upper = (row.numbers.get('nr_pmds') ?? 0) + (row.numbers.get('nr_puds') ?? 0)
  return (tables + upper) * pageSizeBytes
}
