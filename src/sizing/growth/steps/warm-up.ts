import { slowingDown } from '../lives.ts'
import { sayBytes, sayTime } from '../says.ts'
import type { Answer, View } from '../view.ts'

/** It fills up to something, and slows down on the way. */
export function warmUp({ judged, limitBytes }: View): Answer | null {
  const curve = slowingDown(judged)
  if (curve === null) return null
  const end = curve.base + curve.rise
  const tooMuch = limitBytes !== null && end >= limitBytes
  return {
    kind: 'warm-up',
    diagnosis: tooMuch ? 'undersized' : null,
    confidence: tooMuch ? 0.5 : 0.8,
    slope: null,
    secondsToLimit: null,
    because: [
      `its growth slows down, with half of it done in ${sayTime(Math.LN2 * curve.seconds)}, and heads for ${sayBytes(end)}`,
      ...(tooMuch ? ['which is more than its limit'] : []),
    ],
  }
}
