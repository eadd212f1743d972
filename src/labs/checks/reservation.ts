import * as z from 'zod/mini'
import { formatBytes } from '../../model/bytes.ts'
import { checkType, fails, holds, seenNow, Size, statusWords } from './check-type.ts'

/** What the kernel is told to set aside for it lies between two bounds. */
export const reservation = checkType(
  'reservation',
  z.strictObject({ workload: z.string(), atLeast: Size, atMost: Size }),
  (view, { workload, atLeast, atMost }) => {
    const seen = seenNow(view, workload)
    const bounds = [atLeast, atMost].map((bytes) => `${formatBytes(bytes)} (${bytes} bytes)`)
    const expected = [...new Set(bounds)].join(' to ')
    if (seen.main === null) return fails('ended', statusWords(seen), expected)
    // v2 says 0 where nothing is set aside.
    const { reservationBytes: bytes } = seen
    if (bytes === null || bytes === 0) return fails('none', 'nothing is set aside', expected)
    const actual = `${formatBytes(bytes)} (${bytes} bytes)`
    if (bytes < atLeast) return fails('too-small', actual, expected)
    return bytes > atMost ? fails('too-large', actual, expected) : holds(actual, expected)
  },
)
