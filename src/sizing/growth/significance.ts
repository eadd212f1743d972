import type { Trend } from './trend.ts'
import type { View } from './view.ts'

/** A rise of less than this share of the limit is no growth worth a name; without a limit, of the level. */
const LEAST_SHARE = 0.05
/** Nor is one of less than so many standard deviations of the noise. */
const LEAST_NOISES = 5

/** True where the floor surely rises, and by an amount that matters. */
export function significantRise(view: Pick<View, 'limitBytes'>, trend: Trend): boolean {
  const scale = view.limitBytes ?? trend.levelBytes
  const least = Math.max(LEAST_SHARE * scale, LEAST_NOISES * trend.noiseBytes)
  return trend.slope.low > 0 && trend.riseBytes >= least
}
