import { saturationOf } from '../robust/saturation.ts'
import type { Saturation } from '../robust/saturation.ts'
import type { Points, Stretch } from './stretch.ts'
import { floorOf, lineThrough, trendOf, uncensored } from './trend.ts'
import type { Life } from './view.ts'
import { isEven } from './evenness.ts'
import { significantRise, worthNaming } from './significance.ts'

/** With fewer samples nothing is said of a stretch. */
export const LEAST_SAMPLES = 8
/** Difference of AIC from which on a curve is a curve. */
const LEAST_BETTER = 10
/** Shorter than this many time constants, a curve bends too little to be seen. */
const LEAST_TAUS = 0.4
/** The curve's rise stands out of what it leaves unexplained. */
const LEAST_NOISES = 6
/** So much of a warm-up is over after three times its time constant that what still rises then is something else. */
const DONE_TAUS = 3

/** Lives with enough samples: what begins after a gap is a life that was seen before. */
export function livesOf(stretches: readonly Stretch[]): Life[] {
  return stretches.flatMap((stretch) => {
    if (stretch.startsWith === 'gap' || stretch.values.length < LEAST_SAMPLES) return []
    const trend = trendOf(stretch)
    return trend === null ? [] : [{ stretch, trend }]
  })
}

/** The curve of a stretch that slows down on the way to something; null where it does not. */
export function slowingDown(stretch: Stretch): Saturation | null {
  const points = uncensored(stretch)
  const curve = curveOf(stretch, floorOf(points))
  if (curve === null) return null
  // A short warm-up before an even rise bends the whole as well: then the rest is straight, and goes on.
  const rest = trendOf(stretch)
  if (rest !== null && significantRise(stretch, rest) && isEven(rest)) return null
  return risesAfterwards(stretch, points, curve) ? null : curve
}

function curveOf(stretch: Stretch, floor: Points): Saturation | null {
  const curve = saturationOf(floor.times, floor.values)
  if (curve === null || curve.better <= LEAST_BETTER) return null
  const seconds = (floor.times.at(-1) ?? 0) - (floor.times[0] ?? 0)
  const rise = curve.rise * (1 - Math.exp(-seconds / curve.seconds))
  const least = Math.max(worthNaming(stretch, curve.base + rise), LEAST_NOISES * curve.rest)
  return rise < least || seconds < LEAST_TAUS * curve.seconds ? null : curve
}

function risesAfterwards(stretch: Stretch, points: Points, curve: Saturation): boolean {
  const from = (points.times[0] ?? 0) + DONE_TAUS * curve.seconds
  const late = points.times.findIndex((time) => time >= from)
  if (late === -1 || points.times.length - late < LEAST_SAMPLES) return false
  const rest = floorOf({ times: points.times.slice(late), values: points.values.slice(late) })
  const trend = lineThrough(rest, stretch.times.at(-1) ?? 0)
  return trend !== null && significantRise(stretch, trend)
}
