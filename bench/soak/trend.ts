/** Whether a figure stays where it is: medians of the quarters, and a slope that single peaks do not move. */
import { median } from '../../src/sizing/robust/quantile.ts'
import { slopeOf } from '../../src/sizing/robust/theil-sen.ts'

export interface Point {
  /** Seconds. */
  at: number
  value: number
}

export interface Trend {
  /** Medians. */
  quarters: readonly number[]
  /** Theil–Sen. */
  perHour: number
  /** By how much it grew, on what both agree. */
  grew: number
}

/** Null: there are too few points. */
export function trendOf(points: readonly Point[]): Trend | null {
  const times = points.map(({ at }) => at)
  const values = points.map(({ value }) => value)
  const slope = slopeOf(times, values, 0, points.length)
  if (slope === null) return null
  const first = times[0] ?? 0
  const span = (times.at(-1) ?? 0) - first
  const quarterOf = (at: number): number => Math.min(3, Math.floor(((at - first) / span) * 4))
  const quarters = [0, 1, 2, 3].map((quarter) =>
    median(points.filter(({ at }) => quarterOf(at) === quarter).map(({ value }) => value)),
  )
  const [start = Number.NaN, , , end = Number.NaN] = quarters
  return {
    quarters,
    perHour: slope.perSecond * 3_600,
    grew: Math.min(slope.perSecond * span, end - start),
  }
}
