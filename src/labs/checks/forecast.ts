import * as z from 'zod/mini'
import { formatBytes } from '../../model/bytes.ts'
import type { Growth } from '../../model/growth.ts'
import { growthIn, isLeak } from '../course.ts'
import { checkType, fails, holds, seenNow, statusWords } from './check-type.ts'

/** By stella's own forecast of the memory that was watched, the limit is never reached. */
export const forecast = checkType(
  'forecast',
  z.strictObject({ workload: z.string() }),
  (view, { workload }) => {
    const seen = seenNow(view, workload)
    const expected = 'it does not grow towards its limit'
    if (seen.main === null) return fails('ended', statusWords(seen), expected)
    const growth = growthIn(view.courses.get(workload) ?? [])
    if (growth === null) return holds('it was not watched for long enough to tell', expected)
    return isLeak(growth)
      ? fails('grows', growthWords(growth), expected)
      : holds(growth.because[0] ?? growth.kind, expected)
  },
)

function growthWords({ slope, secondsToLimit }: Growth): string {
  const rate = `it grows by ${formatBytes(slope?.perSecond ?? 0)} a second`
  if (secondsToLimit === null) return rate
  return `${rate}, and reaches its limit in ${Math.round(secondsToLimit.low)} s`
}
