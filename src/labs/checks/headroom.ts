import * as z from 'zod/mini'
import { formatBytes } from '../../model/bytes.ts'
import { checkType, fails, holds, seenNow, statusWords } from './check-type.ts'

/** All the time that was watched, what cannot be dropped stays below a share of the limit. */
export const headroom = checkType(
  'headroom',
  z.strictObject({ workload: z.string(), most: z.number() }),
  (view, { workload, most }) => {
    const seen = seenNow(view, workload)
    const expected = `at most ${Math.round(most * 100)} % of its limit`
    if (seen.main === null) return fails('ended', statusWords(seen), expected)
    if (seen.limitBytes === null) return fails('removed', 'it has no limit', expected)
    const course = view.courses.get(workload) ?? []
    const peak = Math.max(
      0,
      ...course.map(({ anonBytes, shmemBytes }) => (anonBytes ?? 0) + (shmemBytes ?? 0)),
    )
    const share = peak / seen.limitBytes
    const actual = `${formatBytes(peak)}, ${Math.round(share * 100)} %`
    return share <= most ? holds(actual, expected) : fails('full', actual, expected)
  },
)
