import { MIB } from '../../src/model/bytes.ts'
import type { KilledLife } from '../../src/model/sizing.ts'

/** What a tool sees of a workload: its working set over time, and kills as Kubernetes reports them. */
export interface Seen {
  /** Unix milliseconds. */
  from: number
  to: number
  points: readonly { at: number; workingSetBytes: number }[]
  kills: readonly KilledLife[]
}

const DAY_MS = 86_400_000

/**
 * Robusta KRR, strategy `simple` (robusta_krr/strategies/simple.py at d6baa74): the largest working set and 15 %, in whole MiB,
 * 100 MiB at least; with `--use-oomkill-data` also a quarter above the limit at a kill.
 */
export function krr({ points, kills }: Seen, useKills: boolean): number {
  const peak = Math.max(...points.map(({ workingSetBytes }) => workingSetBytes))
  const killed = useKills ? Math.max(0, ...kills.map(({ limitBytes }) => limitBytes)) : 0
  const bytes = Math.max(peak * 1.15, killed * 1.25)
  return Math.max(100, Math.ceil(bytes / MIB)) * MIB
}

const FIRST_BUCKET_BYTES = 1e7
const BUCKET_GROWTH = 1.05

/** End of the bucket that a value falls into (pkg/recommender/util/histogram_options.go). */
function bucketEnd(bytes: number): number {
  const index = Math.floor(
    Math.log((bytes * (BUCKET_GROWTH - 1)) / FIRST_BUCKET_BYTES + 1) / Math.log(BUCKET_GROWTH),
  )
  return (FIRST_BUCKET_BYTES * (BUCKET_GROWTH ** (index + 1) - 1)) / (BUCKET_GROWTH - 1)
}

/** One memory peak of one replica in one day. */
export interface DailyPeak {
  /** Days before now: its weight halves with each. */
  daysAgo: number
  bytes: number
}

/** What the VPA takes a kill for: the larger one of request and peak, and a fifth or 100 MiB (model/container.go RecordOOM). */
export function vpaKillBytes(requestBytes: number, peakBytes: number): number {
  const used = Math.max(requestBytes, peakBytes)
  return Math.max(used + 100 * MIB, used * 1.2)
}

/** The target: the end of the bucket of the 90th percentile, and 15 %; 250 MiB at least for a pod's only container. */
export function vpaTarget(peaks: readonly DailyPeak[], floorBytes = 250 * MIB): number {
  const weighted = peaks
    .map(({ daysAgo, bytes }) => ({ end: bucketEnd(bytes), weight: 2 ** -daysAgo }))
    .toSorted((a, b) => a.end - b.end)
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0)
  let seen = 0
  // Sums of powers of two are exact, their product with 0.9 is not.
  const chosen = weighted.find(({ weight }) => (seen += weight) >= 0.9 * total - 1e-9)
  return Math.max(floorBytes, (chosen?.end ?? 0) * 1.15)
}

/**
 * The Kubernetes VPA's recommender (55c37cd5eb, logic/ and model/) for one replica, limit and request being the same: one peak
 * a day, half-life of a day, a kill as a sample of that day.
 */
export function vpa({ points, kills, to }: Seen): number {
  const days = new Map<number, number>()
  const add = (at: number, bytes: number): void => {
    const day = Math.floor((to - at) / DAY_MS)
    days.set(day, Math.max(days.get(day) ?? 0, bytes))
  }
  for (const { at, workingSetBytes } of points) add(at, workingSetBytes)
  for (const { at, limitBytes } of kills) add(at ?? to, vpaKillBytes(limitBytes, limitBytes))
  return vpaTarget([...days].map(([daysAgo, bytes]) => ({ daysAgo, bytes })))
}

const INTERVAL_MS = 15 * 60_000

/** Kruize (GenericRecommendationModel.java:231-243 at c671ae30): the largest usage and a fifth, or and the largest spike, whichever is less. */
export function kruize({ points }: Seen): number {
  const intervals = new Map<number, { low: number; high: number }>()
  for (const { at, workingSetBytes } of points) {
    const key = Math.floor(at / INTERVAL_MS)
    const { low, high } = intervals.get(key) ?? { low: workingSetBytes, high: workingSetBytes }
    intervals.set(key, {
      low: Math.min(low, workingSetBytes),
      high: Math.max(high, workingSetBytes),
    })
  }
  const peak = Math.max(...[...intervals.values()].map(({ high }) => high))
  const spike = Math.max(...[...intervals.values()].map(({ low, high }) => high - low))
  return Math.min(peak * 1.2, peak + 1.05 * spike)
}

/** Twice the largest working set, as guides say. */
export function twicePeak({ points }: Seen): number {
  return 2 * Math.max(...points.map(({ workingSetBytes }) => workingSetBytes))
}
