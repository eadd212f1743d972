import { largestOf } from '../model/extremes.ts'
import type { Need } from './need.ts'
import { median } from './robust/quantile.ts'

/** From this ratio of one rise to the one before, the end is too far to be told. */
const LARGEST_RATIO = 0.85
/** Parts that the last half is cut into. */
const PARTS = 3

/**
 * The level that a warm-up comes to: three parts of the last half of it, whose rises shrink by a constant ratio where memory
 * levels off (Aitken's delta-squared). Null where it still rises as before.
 *
 * @returns bytes
 */
export function plateauOf(needs: readonly Need[]): number | null {
  const values = needs.slice(Math.floor(needs.length / 2)).map(({ bytes }) => bytes)
  const size = Math.floor(values.length / PARTS)
  if (size === 0) return null
  const [first = 0, second = 0, third = 0] = Array.from({ length: PARTS }, (_, part) =>
    median(values.slice(part * size, (part + 1) * size)),
  )
  const [before, after] = [second - first, third - second]
  if (after <= 0 || isFlat(after, third)) return largestOf(values)
  if (before <= 0 || after / before > LARGEST_RATIO) return null
  return third + (after * after) / (before - after)
}

function isFlat(rise: number, level: number): boolean {
  return rise <= 0.01 * level
}
