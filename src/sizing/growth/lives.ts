import { saturationOf } from '../robust/saturation.ts'
import type { Saturation } from '../robust/saturation.ts'
import type { Stretch } from './stretch.ts'
import { floorOf, lineThrough, trendOf, uncensored } from './trend.ts'
import type { Trend } from './trend.ts'
import { significantRise, worthNaming } from './significance.ts'

/** With fewer samples nothing is said of a stretch. */
export const LEAST_SAMPLES = 8
/** Difference of AIC from which on a curve is a curve. */
const LEAST_BETTER = 10
/** It has to slow down while we look: a curve that takes longer is as good as a line. */
const LEAST_TAUS = 1.3
/** The curve's rise stands out of what it leaves unexplained. */
const LEAST_NOISES = 6
/** So much of a warm-up is over after three times its time constant that what still rises then is something else. */
const DONE_TAUS = 3

/** A stretch of a life that began where it begins, with its trend. */
export interface Life {
  stretch: Stretch
  trend: Trend
}

/** Lives with enough samples: what begins after a gap is a life that was seen before. */
export function livesOf(stretches: readonly Stretch[]): Life[] {
  return stretches.flatMap((stretch) => {
    if (stretch.startsWith === 'gap' || stretch.values.length < LEAST_SAMPLES) return []
    const trend = trendOf(stretch)
    return trend === null ? [] : [{ stretch, trend }]
  })
}

/** The curve of a stretch that fills up to something and slows down on the way; null where it does not. */
export function slowingDown(stretch: Stretch): Saturation | null {
  const points = uncensored(stretch)
  const floor = floorOf(points)
  const curve = saturationOf(floor.times, floor.values)
  if (curve === null || curve.better <= LEAST_BETTER) return null
  const seconds = (floor.times.at(-1) ?? 0) - (floor.times[0] ?? 0)
  const least = Math.max(worthNaming(stretch, curve.base + curve.rise), LEAST_NOISES * curve.rest)
  if (curve.rise < least || seconds < LEAST_TAUS * curve.seconds) return null
  return risesAfterwards(stretch, curve) ? null : curve
}

function risesAfterwards(stretch: Stretch, curve: Saturation): boolean {
  const points = uncensored(stretch)
  const from = (points.times[0] ?? 0) + DONE_TAUS * curve.seconds
  const late = points.times.findIndex((time) => time >= from)
  if (late === -1 || points.times.length - late < LEAST_SAMPLES) return false
  const rest = floorOf({ times: points.times.slice(late), values: points.values.slice(late) })
  const trend = lineThrough(rest, stretch.times.at(-1) ?? 0)
  return trend !== null && significantRise(stretch, trend)
}
