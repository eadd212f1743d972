import { slowingDown } from '../lives.ts'
import { sayBytes, sayTime } from '../says.ts'
import type { Answer, View } from '../view.ts'

/** Seen for less than this many time constants, nobody knows where it ends. */
const ENOUGH_TAUS = 2

/** A warm-up that is over within this share of the time is the start of a program. */
const LEAST_SHARE = 0.05

/** It fills up to something, and slows down on the way. */
export function warmUp({ judged, limitBytes }: View): Answer | null {
  const curve = slowingDown(judged)
  if (curve === null) return null
  const end = curve.base + curve.rise
  const seconds = judged.times.at(-1) ?? 0
  if (3 * curve.seconds < LEAST_SHARE * seconds) return null
  if (seconds < ENOUGH_TAUS * curve.seconds)
    return {
      kind: 'unknown',
      diagnosis: 'suspected-leak',
      confidence: 0.4,
      because: ['it grows, and its growth slows down'],
      missing: ['a longer recording, which would show whether its growth ends'],
    }
  const tooMuch = limitBytes !== null && end >= limitBytes
  return {
    kind: 'warm-up',
    diagnosis: tooMuch ? 'undersized' : null,
    confidence: tooMuch ? 0.5 : 0.8,
    because: [
      `its growth slows down, with half of it done in ${sayTime(Math.LN2 * curve.seconds)}, and heads for ${sayBytes(end)}`,
      ...(tooMuch ? ['which is more than its limit'] : []),
    ],
  }
}
