import * as z from 'zod/mini'
import { formatBytes } from '../../model/bytes.ts'
import { checkType, fails, holds, seenNow, Size } from './check-type.ts'

/** The limit of memory that is in force lies between two bounds: no limit is none, and one that nothing reaches is none either. */
export const limit = checkType(
  'limit',
  z.strictObject({ workload: z.string(), atLeast: Size, atMost: Size }),
  (view, { workload, atLeast, atMost }) => {
    const seen = seenNow(view, workload)
    const expected = atLeast === atMost ? exact(atLeast) : `${exact(atLeast)} to ${exact(atMost)}`
    if (seen.isUnlimited) return fails('removed', 'no limit', expected)
    if (seen.limitBytes === null) return fails('gone', 'its group is not there', expected)
    const actual = exact(seen.limitBytes)
    if (seen.limitBytes < atLeast) return fails('too-low', actual, expected)
    return seen.limitBytes > atMost ? fails('too-high', actual, expected) : holds(actual, expected)
  },
)

function exact(bytes: number): string {
  return `${formatBytes(bytes)} (${bytes} bytes)`
}
