import { shiftsOf } from '../shifts.ts'
import { sayBytes } from '../says.ts'
import type { Answer, View } from '../view.ts'

/** It stood at one level, jumped, and stands at another. */
export function levelShift(view: View): Answer | null {
  const shifts = shiftsOf(view)
  const last = shifts?.at(-1)
  if (shifts === null || last === undefined) return null
  return {
    kind: 'step',
    diagnosis: null,
    confidence: 0.7,
    because: [
      `it stood at ${sayBytes(last.from)}, went to ${sayBytes(last.to)} at once, and stays there`,
      ...(shifts.length > 1 ? [`such a jump happened ${shifts.length} times`] : []),
    ],
    missing: ['what changed at that time: a deployment, a setting, the number of workers'],
  }
}
