import { largestOf } from '../../model/extremes.ts'
import { leastSquares } from './least-squares.ts'

/** A curve that rises fast at first and ever more slowly: `base + rise × (1 − e^(−t/τ))`. */
export interface Saturation {
  base: number
  rise: number
  /** τ: after three of them, 95 % of the rise are done. */
  seconds: number
  /** How much better it explains the points than a straight line does (difference of AIC); above 10 there is no doubt. */
  better: number
  /** Standard deviation of the points about the curve. */
  rest: number
}

const TRIES = 48
/** Of the time that the points span: faster or slower ones cannot be told from a step, or a line. */
const FASTEST = 0.01
const SLOWEST = 2

/** The curve that fits best, by least squares; null for fewer than five points, or where nothing moves. */
export function saturationOf(
  times: readonly number[],
  values: readonly number[],
): Saturation | null {
  const count = times.length
  const first = times[0] ?? 0
  const seconds = (times.at(-1) ?? 0) - first
  if (count < 5 || !(seconds > 0)) return null
  const since = times.map((time) => time - first)
  const line = leastSquares(since, values)
  let best: Omit<Saturation, 'better' | 'rest'> & { squares: number } = {
    base: 0,
    rise: 0,
    seconds: 0,
    squares: Infinity,
  }
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const tau = seconds * FASTEST * (SLOWEST / FASTEST) ** (attempt / (TRIES - 1))
    const shape = since.map((time) => 1 - Math.exp(-time / tau))
    const fit = leastSquares(shape, values)
    if (fit.squares < best.squares)
      best = { base: fit.start, rise: fit.slope, seconds: tau, squares: fit.squares }
  }
  // Rounding leaves nothing to compare below this.
  const least = count * (1e-9 * Math.max(1, largestOf(values.map(Math.abs)))) ** 2
  const squares = Math.max(least, best.squares)
  if (!Number.isFinite(squares)) return null
  const better = count * Math.log(Math.max(least, line.squares) / squares) - 2
  return {
    base: best.base,
    rise: best.rise,
    seconds: best.seconds,
    better,
    rest: Math.sqrt(squares / count),
  }
}
