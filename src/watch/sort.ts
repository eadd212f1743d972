import { shareOfLimit } from './row.ts'
import type { Row } from './row.ts'

/** What rows can be sorted by; the first is the usual one. */
export const SORT_KEYS = [
  'usage',
  'percent',
  'pressure',
  'growth',
  'time',
  'dirty',
  'name',
] as const

export type SortKey = (typeof SORT_KEYS)[number]

/** Rows in the order of a key, the ones to look at first; what is not known comes last, also in reverse. */
export function sortRows(rows: readonly Row[], key: SortKey, reverse = false): Row[] {
  if (key === 'name') {
    const sorted = rows.toSorted(
      (a, b) => compareText(a.name, b.name) || compareText(a.path, b.path),
    )
    return reverse ? sorted.toReversed() : sorted
  }
  const value = VALUES[key]
  const sign = reverse ? -1 : 1
  const keyed = rows.map((row) => ({ row, value: value(row) }))
  keyed.sort((a, b) => {
    if (a.value === null || b.value === null) {
      return Number(a.value === null) - Number(b.value === null) || byUsage(a.row, b.row)
    }
    return (b.value - a.value) * sign || byUsage(a.row, b.row)
  })
  return keyed.map(({ row }) => row)
}

const VALUES: Readonly<Record<Exclude<SortKey, 'name'>, (row: Row) => number | null>> = {
  usage: (row) => row.usageBytes ?? row.chargeBytes,
  percent: shareOfLimit,
  /** v1 tells no pressure of a group; how often it reaches its limit is the nearest thing. */
  pressure: (row) => row.pressure?.someAvg10 ?? row.limitHitsPerSecond,
  growth: (row) => row.growthBytesPerMinute,
  time: urgency,
  dirty: (row) => row.dirtyBytes,
}

/** The sooner the more; growth that ends nowhere comes before none. */
function urgency({ timeLeft, limit }: Row): number | null {
  switch (timeLeft.kind) {
    case 'unknown':
      return null
    case 'now':
      return Number.MAX_VALUE
    case 'seconds':
      return 1 / Math.max(timeLeft.low, 1e-9)
    case 'never':
      return limit === null ? null : 0
  }
}

function byUsage(a: Row, b: Row): number {
  return (b.usageBytes ?? -1) - (a.usageBytes ?? -1) || compareText(a.path, b.path)
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
