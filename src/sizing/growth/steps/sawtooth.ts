import { sayBytes, sayTime } from '../says.ts'
import { significantRise } from '../significance.ts'
import type { Answer, View } from '../view.ts'

/** Of the level: smaller teeth are the noise of requests, or do not matter. */
const LEAST_HEIGHT = 0.1

/** It rises and is tidied up, again and again, and what is left stays the same. */
export function sawtooth(view: View): Answer | null {
  const { teeth, levelBytes } = view.trend
  if (teeth === null || teeth.heightBytes < LEAST_HEIGHT * levelBytes) return null
  if (significantRise(view, view.trend)) return null
  return {
    kind: 'sawtooth',
    diagnosis: null,
    confidence: 0.8,
    because: [
      `it rose and fell ${teeth.count} times, by about ${sayBytes(teeth.heightBytes)} every ${sayTime(teeth.periodSeconds)}, and what is left each time stays at ${sayBytes(levelBytes)}: as with a heap that is tidied up, or a job that comes again`,
    ],
  }
}
