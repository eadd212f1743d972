import * as z from 'zod/mini'
import { formatBytes } from '../../model/bytes.ts'
import { checkType, fails, holds, seenNow, Size, statusWords } from './check-type.ts'

/** Its limits let it take so much swap at most, whether the machine has any or not. */
export const swap = checkType(
  'swap',
  z.strictObject({ workload: z.string(), atMost: Size }),
  (view, { workload, atMost }) => {
    const seen = seenNow(view, workload)
    const expected = atMost === 0 ? 'no swap' : `${formatBytes(atMost)} of swap at most`
    if (seen.main === null) return fails('ended', statusWords(seen), expected)
    if (seen.swapBytes === null) return fails('endless', 'swap without a limit', expected)
    const actual = seen.swapBytes === 0 ? 'no swap' : `${formatBytes(seen.swapBytes)} of swap`
    return seen.swapBytes <= atMost ? holds(actual, expected) : fails('too-much', actual, expected)
  },
)
