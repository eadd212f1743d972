import * as z from 'zod/mini'
import { checkType, fails, holds, seenNow, statusWords } from './check-type.ts'

/** At its limit the kernel kills somebody, so that the others go on. */
export const oomKill = checkType(
  'oom-kill',
  z.strictObject({ workload: z.string() }),
  (view, { workload }) => {
    const seen = seenNow(view, workload)
    const expected = 'the kernel may kill at its limit'
    if (seen.main === null) return fails('ended', statusWords(seen), expected)
    return seen.isOomKillOff
      ? fails('off', 'killing is switched off', expected)
      : holds('it may', expected)
  },
)
