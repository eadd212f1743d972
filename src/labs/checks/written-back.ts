import * as z from 'zod/mini'
import { formatBytes } from '../../model/bytes.ts'
import { checkType, fails, holds, seenBefore, seenNow, statusWords } from './check-type.ts'

/** Of its limit only so large a part (0.25 is a quarter) waits to be written, at the first look as at the last. */
export const writtenBack = checkType(
  'written-back',
  z.strictObject({ workload: z.string(), atMost: z.number() }),
  (view, { workload, atMost }) => {
    const seen = seenNow(view, workload)
    const expected = `at most ${Math.round(atMost * 100)} % of its limit wait for the disk`
    if (seen.main === null) return fails('ended', statusWords(seen), expected)
    if (seen.limitBytes === null || seen.unwrittenBytes === null) {
      return fails('unknown', 'its limit, or what waits, is not known', expected)
    }
    const before = seenBefore(view, workload).unwrittenBytes ?? 0
    const most = Math.max(before, seen.unwrittenBytes)
    const share = most / seen.limitBytes
    const actual = `${formatBytes(most)}, ${Math.round(share * 100)} %`
    return share <= atMost ? holds(actual, expected) : fails('too-much', actual, expected)
  },
)
