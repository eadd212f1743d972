import { formatBytes } from '../../../model/bytes.ts'
import type { Answer, View } from '../view.ts'

const FLAT_SHARE = 0.05

/** Nothing grows. */
export function steady({ trend, limitBytes }: View): Answer | null {
  const scale = limitBytes ?? trend.levelBytes
  if (Math.abs(trend.riseBytes) > FLAT_SHARE * scale) return null
  return {
    kind: 'steady',
    diagnosis: null,
    confidence: 0.8,
    because: [`the floor stands at ${formatBytes(Math.round(trend.levelBytes))}`],
  }
}
