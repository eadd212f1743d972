import { shiftsOf } from '../shifts.ts'
import { sayBytes } from '../says.ts'
import type { Answer, View } from '../view.ts'

/** It stood at one level, jumped, and stands at another. */
export function levelShift(view: View): Answer | null {
  const found = shiftsOf(view)
  const last = found?.shifts.at(-1)
  if (found === null || last === undefined) return null
  const { shifts, since } = found
  const samples = view.judged.samples.slice(since)
  return {
    kind: 'step',
    diagnosis: null,
    confidence: 0.7,
    // What it was before says nothing of what is usual now.
    segment: {
      from: samples[0]?.at ?? view.judged.from,
      to: view.judged.to,
      samples: samples.length,
    },
    because: [
      `it stood at ${sayBytes(last.from)}, went to ${sayBytes(last.to)} at once, and stays there`,
      ...(shifts.length > 1 ? [`such a jump happened ${shifts.length} times`] : []),
    ],
    missing: ['what changed at that time: a deployment, a setting, the number of workers'],
  }
}
