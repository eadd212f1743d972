import * as z from 'zod/mini'
import { formatBytes } from '../../model/bytes.ts'
import type { Growth } from '../../model/growth.ts'
import type { Sample } from '../../model/series.ts'
import { growthIn, isLeak } from '../trend.ts'
import { checkType, fails, holds, seenNow, statusWords } from './check-type.ts'

/** Rising by this share of the limit while it is watched is a way to the limit, also where it is not clear of which kind. */
const MATTERS = 0.05

/** By stella's own forecast of the memory that was watched, the limit is never reached. */
export const forecast = checkType(
  'forecast',
  z.strictObject({ workload: z.string() }),
  (view, { workload }) => {
    const seen = seenNow(view, workload)
    const expected = 'it does not grow towards its limit'
    if (seen.main === null) return fails('ended', statusWords(seen), expected)
    const course = view.courses.get(workload) ?? []
    const growth = growthIn(course)
    if (growth === null) return holds('it was not watched for long enough to tell', expected)
    return isLeak(growth) || rises(growth, course)
      ? fails('grows', growthWords(growth), expected)
      : holds(growth.because[0] ?? growth.kind, expected)
  },
)

function rises({ kind, slope }: Growth, course: readonly Sample[]): boolean {
  const last = course.at(-1)
  if (kind !== 'unknown' || slope === null || last === undefined) return false
  const seconds = (last.at - (course[0]?.at ?? last.at)) / 1_000
  return slope.low * seconds >= MATTERS * (last.limitBytes ?? Number.POSITIVE_INFINITY)
}

function growthWords({ slope, secondsToLimit }: Growth): string {
  const rate = `it grows by ${formatBytes(slope?.perSecond ?? 0)} a second`
  if (secondsToLimit === null) return rate
  return `${rate}, and reaches its limit in ${Math.round(secondsToLimit.low)} s`
}
