import { sayRate } from '../says.ts'
import { significantRise } from '../significance.ts'
import { pointsOf } from '../stretch.ts'
import { floorOf, lineThrough } from '../trend.ts'
import type { Answer, View } from '../view.ts'

/** It stands at its limit and goes on growing into the swap. */
export function growsIntoSwap(view: View): Answer | null {
  const { judged } = view
  const points = pointsOf(judged, 'swapBytes')
  const trend = lineThrough(floorOf(points), points.times.at(-1) ?? 0)
  if (trend === null || !significantRise(view, trend)) return null
  return {
    kind: 'leak',
    diagnosis: 'suspected-leak',
    confidence: 0.6,
    component: 'swap',
    slope: trend.slope,
    secondsToLimit: null,
    because: [
      `it stands at its limit, and the kernel moves ${sayRate(trend.slope.perSecond)} of it to swap`,
    ],
    missing: ['how much swap is left', 'a second life that grows alike, which would prove it'],
  }
}
