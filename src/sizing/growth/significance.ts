import type { Trend } from './trend.ts'
import type { View } from './view.ts'

/** A rise of less than this share of the limit is no growth worth a name; without a limit, of the level. */
const LEAST_SHARE = 0.05
/** Where the limit is far away, so is a rise of less than this share of the level. */
const LEAST_OF_LEVEL = 0.2
/** Nor is one of less than so many standard deviations of the noise. */
const LEAST_NOISES = 5
/** In standard errors: what wanders without aim gets this far once in a hundred times. */
const LEAST_DRIFT = 2.5
/** A floor that falls back by more of its rise comes and goes. */
const MOST_SETBACK = 0.35

type Scale = Pick<View, 'limitBytes'>

/** What counts as much: a share of the limit, or of the level where there is none. */
export function worthNaming({ limitBytes }: Scale, levelBytes: number): number {
  return LEAST_SHARE * (limitBytes ?? levelBytes)
}

/** True where the floor surely rises, and by an amount that matters. */
export function significantRise(view: Scale, trend: Trend): boolean {
  const matters = Math.min(worthNaming(view, trend.levelBytes), LEAST_OF_LEVEL * trend.levelBytes)
  const least = Math.max(matters, LEAST_NOISES * trend.noiseBytes)
  return (
    trend.slope.low > 0 &&
    trend.riseBytes >= least &&
    trend.drift >= LEAST_DRIFT &&
    trend.setback <= MOST_SETBACK
  )
}

/** True where the floor neither rises nor falls by an amount that matters. */
export function standsStill(view: Scale, trend: Trend): boolean {
  return Math.abs(trend.riseBytes) < worthNaming(view, trend.levelBytes)
}
