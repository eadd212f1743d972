import * as z from 'zod/mini'
import { checkType, fails, holds, seenNow, statusWords } from './check-type.ts'

/** What tells of the fault is still there: the counter of the kernel, or the exit code of what ended. */
export const evidence = checkType(
  'evidence',
  z.strictObject({ workload: z.string() }),
  (view, { workload }) => {
    const then = view.state.baseline[workload]
    const seen = seenNow(view, workload)
    if (then?.exitCode !== null && then?.exitCode !== undefined) {
      const expected = `it ended with ${then.exitCode}, and can be looked at`
      return seen.exitCode === then.exitCode && seen.status === 'ended'
        ? holds(statusWords(seen), expected)
        : fails('gone', statusWords(seen), expected)
    }
    const kills = then?.kills ?? 0
    const expected = `the group counts ${kills} kills or more`
    const actual = seen.kills === null ? 'the group is gone' : `it counts ${seen.kills}`
    return (seen.kills ?? -1) >= kills ? holds(actual, expected) : fails('gone', actual, expected)
  },
)
