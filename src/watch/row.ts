import type { BiggestProcess } from '../sources/cgroup/tree-processes.ts'
import type { HostReading } from '../sources/host/live.ts'
import type { LimitState } from './binding.ts'
import type { TimeLeft } from './time-left.ts'

/** One group, as a live view shows it. Null is not known. */
export interface Row {
  path: string
  /** Of the container that engines know, or what stands for it. */
  name: string
  /** Depth below the first group that is visible. */
  depth: number
  container: { id: string; engine: string | null; name: string | null } | null
  /** True where it was removed a moment ago: the figures are the last ones. */
  gone: boolean
  /** Working set, as docker stats and kubectl top show it: what is charged without inactive page cache. */
  usageBytes: number | null
  chargeBytes: number | null
  unreclaimableBytes: number | null
  /** Written to files and not on the disk yet: what makes a disk busy, and others wait for it. */
  dirtyBytes: number | null
  /** The limit that is reached first. */
  limit: LimitState | null
  /** memory.high, where it has one. */
  highBytes: number | null
  pressure: { someAvg10: number | null; fullAvg10: number | null } | null
  /** How often the group's own limit was reached, per second since the round before. */
  limitHitsPerSecond: number | null
  /** Of what cannot be reclaimed, over the last minute. */
  growthBytesPerMinute: number | null
  timeLeft: TimeLeft
  /** In it and below, since the first round. */
  oomKills: number | null
  /** In it and below. */
  processes: number | null
  biggest: BiggestProcess | null
  /** What could not be read, or makes no sense. */
  notes: readonly string[]
}

/** What is known after one round. */
export interface Snapshot {
  /** Wall clock, milliseconds. */
  at: number
  version: 1 | 2
  host: HostReading & {
    /** Since the first round. */
    newOomKills: number | null
  }
  /** Each after the one above it; removed ones last. */
  rows: readonly Row[]
  /** What is true of all of them: caps that were reached, engines that did not answer. */
  unknown: readonly string[]
}

/** The share of its limit that is used, 1 is all of it. */
export function shareOfLimit(row: Row): number | null {
  if (row.limit === null || row.limit.usedBytes === null) return null
  return row.limit.limitBytes === 0 ? 1 : row.limit.usedBytes / row.limit.limitBytes
}
