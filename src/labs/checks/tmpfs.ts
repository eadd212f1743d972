import * as z from 'zod/mini'
import { formatBytes } from '../../model/bytes.ts'
import { checkType, fails, holds, seenNow, Size } from './check-type.ts'

/** Its tmpfs has a largest size of its own, so that files in memory cannot reach the limit. */
export const tmpfs = checkType(
  'tmpfs',
  z.strictObject({ workload: z.string(), atLeast: Size, atMost: Size }),
  (view, { workload, atLeast, atMost }) => {
    const { tmpfsCapBytes: cap, main } = seenNow(view, workload)
    const expected = `${formatBytes(atLeast)} to ${formatBytes(atMost)} at most`
    if (main === null) return fails('ended', 'it does not run', expected)
    if (cap === null) return fails('none', 'no size of its own', expected)
    const actual = formatBytes(cap)
    if (cap < atLeast) return fails('too-small', actual, expected)
    return cap > atMost ? fails('too-large', actual, expected) : holds(actual, expected)
  },
)
