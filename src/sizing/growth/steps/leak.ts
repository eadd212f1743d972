import { formatBytes } from '../../../model/bytes.ts'
import { significantRise } from '../significance.ts'
import type { Answer, View } from '../view.ts'

/** One life that grew steadily. */
export function steadyLeak(view: View): Answer | null {
  const { trend } = view
  if (!significantRise(view, trend)) return null
  return {
    kind: 'leak',
    diagnosis: 'suspected-leak',
    confidence: 0.6,
    because: [
      `the floor rose by ${formatBytes(Math.round(trend.riseBytes))} in ${Math.round(trend.seconds)} s`,
    ],
    missing: ['a second life that grows alike'],
  }
}
