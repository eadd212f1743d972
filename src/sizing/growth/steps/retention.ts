import { largestOf, smallestOf } from '../../../model/extremes.ts'
import { rankCorrelation } from '../../robust/rank-correlation.ts'
import { median } from '../../robust/quantile.ts'
import { figureOf } from '../figures.ts'
import { worthNaming } from '../significance.ts'
import type { Answer, View } from '../view.ts'

/** With the highest load so far memory goes together, and with the load of the moment it does not. */
const WITH_MOST = 0.75
const WITH_LOAD = 0.6
/** The load is low when it is less than this share of the highest so far, and it has to be so for this share of the time. */
const LOW = 0.6
const LEAST_LOW = 0.3
/** Of what the busiest moment took, that is still there when the load is low. */
const KEPT = 0.7

/** Memory rises with each new peak of the load and does not come back when the load goes: the allocator keeps it. */
export function retention(view: View): Answer | null {
  const { judged } = view
  let most = 0
  const known = judged.samples.flatMap((sample, index) => {
    const [load, value] = [figureOf(sample, 'load'), judged.values[index] ?? Number.NaN]
    if (!Number.isFinite(load + value)) return []
    most = Math.max(most, load)
    return [{ load, value, most }]
  })
  const values = known.map(({ value }) => value)
  const quiet = known.filter(({ load, most: highest }) => load < LOW * highest)
  if (quiet.length < LEAST_LOW * known.length) return null
  if (
    rankCorrelation(
      known.map((point) => point.most),
      values,
    ) < WITH_MOST
  )
    return null
  if (
    rankCorrelation(
      known.map(({ load }) => load),
      values,
    ) > WITH_LOAD
  )
    return null
  const base = smallestOf(values)
  const peak = largestOf(values)
  const kept = median(quiet.filter((point) => point.most === most).map(({ value }) => value))
  if (peak - base < worthNaming(view, peak) || !(kept - base >= KEPT * (peak - base))) return null
  return {
    kind: 'step',
    diagnosis: 'retention',
    confidence: 0.6,
    because: [
      'memory rose with each new peak of the load, and stayed when the load went',
      'a peak that was no higher than an earlier one added nothing: what was freed is used again, so it is no leak',
    ],
    missing: [
      'what the runtime itself counts as live: it would show that the memory is free and kept',
    ],
  }
}
