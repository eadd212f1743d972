import type { Slope } from '../../model/growth.ts'

/** More points are thinned out unless the caller asks for more: their pairs would cost more than they tell. */
const USUAL_POINTS = 13
/** With fewer, chance alone can line them up. */
const MIN_POINTS = 3
/** Standard normal deviate of 80 % confidence on two sides. */
const Z_80 = 1.2816

const FLAT: Slope = { perSecond: 0, low: 0, high: 0 }

/** Used by one call at a time: a round of `stella top` asks for thousands of slopes. */
let pairs = new Float64Array(pairsOf(USUAL_POINTS))
const known: number[] = []

/**
 * The slope of the values that are known (NaN: not known) from `from` on: the median of the slopes between any two of them,
 * which one wild point does not move (Theil–Sen), with its interval of 80 % (Sen 1968). Null: too few of them.
 *
 * @param times rising, in seconds, one for each value
 * @param mostPoints what is more is thinned out evenly
 */
export function slopeOf(
  times: ArrayLike<number>,
  values: ArrayLike<number>,
  from = 0,
  mostPoints = USUAL_POINTS,
): Slope | null {
  known.length = 0
  let moves = false
  for (let index = from; index < values.length; index++) {
    if (!Number.isFinite(values[index]) || !Number.isFinite(times[index])) continue
    known.push(index)
    if (values[index] !== values[known[0] ?? index]) moves = true
  }
  if (known.length < MIN_POINTS) return null
  if (!((times[known.at(-1) ?? 0] ?? 0) > (times[known[0] ?? 0] ?? 0))) return null
  return moves ? theilSen(times, values, Math.min(mostPoints, known.length)) : FLAT
}

function theilSen(
  times: ArrayLike<number>,
  values: ArrayLike<number>,
  points: number,
): Slope | null {
  if (pairs.length < pairsOf(points)) pairs = new Float64Array(pairsOf(points))
  const step = (known.length - 1) / (points - 1)
  const pick = (point: number): number => known[Math.round(point * step)] ?? 0
  let count = 0
  for (let a = 0; a < points; a++) {
    for (let b = a + 1; b < points; b++) {
      const seconds = (times[pick(b)] ?? 0) - (times[pick(a)] ?? 0)
      if (seconds > 0) pairs[count++] = ((values[pick(b)] ?? 0) - (values[pick(a)] ?? 0)) / seconds
    }
  }
  if (count === 0) return null
  const sorted = pairs.subarray(0, count).toSorted()
  const at = (rank: number): number => sorted[Math.min(count - 1, Math.max(0, rank))] ?? 0
  const reach = Z_80 * Math.sqrt((points * (points - 1) * (2 * points + 5)) / 18)
  return {
    perSecond: (at(Math.floor((count - 1) / 2)) + at(Math.ceil((count - 1) / 2))) / 2,
    low: at(Math.floor((count - reach) / 2) - 1),
    high: at(Math.ceil((count + reach) / 2)),
  }
}

function pairsOf(points: number): number {
  return (points * (points - 1)) / 2
}
