import { quantile, sortedNumbers } from '../../robust/quantile.ts'
import { sayBytes } from '../says.ts'
import { significantRise, standsStill } from '../significance.ts'
import type { Answer, View } from '../view.ts'

/** A floor above this share of the limit leaves no room for anything. */
const TOO_FULL = 0.85
/** It comes and goes: the end is within this share of all that moves from where it has been before. */
const WITHIN = 0.9

/** Full without growing. */
export function undersized(view: View): Answer | null {
  const { trend, limitBytes } = view
  if (limitBytes === null || significantRise(view, trend)) return null
  if (trend.levelBytes < TOO_FULL * limitBytes || !standsStill(view, trend)) return null
  return {
    kind: 'steady',
    diagnosis: 'undersized',
    confidence: 0.8,
    because: [
      `it does not grow, and holds ${sayBytes(trend.levelBytes)} of ${sayBytes(limitBytes)} all the time: the limit is too small`,
    ],
  }
}

/** Nothing grows, or it comes and goes. */
export function steady(view: View): Answer | null {
  const { trend, judged } = view
  if (standsStill(view, trend))
    return {
      kind: 'steady',
      diagnosis: null,
      confidence: 0.8,
      because: [`the floor stands at ${sayBytes(trend.levelBytes)}`],
    }
  const values = judged.values.filter((value) => Number.isFinite(value))
  const half = Math.floor(values.length / 2)
  const [early, late] = [sortedNumbers(values.slice(0, half)), sortedNumbers(values.slice(half))]
  const rise = quantile(late, WITHIN) - quantile(early, WITHIN)
  const all = quantile(sortedNumbers(values), 0.98) - quantile(sortedNumbers(values), 0.02)
  if (significantRise(view, trend) || rise > 0.25 * all) return null
  return {
    kind: 'steady',
    diagnosis: null,
    confidence: 0.5,
    because: [
      `it moves between ${sayBytes(quantile(sortedNumbers(values), 0.02))} and ${sayBytes(quantile(sortedNumbers(values), 0.98))}, and does not go higher than before`,
    ],
  }
}
