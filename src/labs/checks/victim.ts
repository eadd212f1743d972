import * as z from 'zod/mini'
import { checkType, fails, holds, seenBefore, seenNow, statusWords } from './check-type.ts'

/** `OOM_SCORE_ADJ_MIN`: the kernel never takes it, and may find nobody at all. */
const NEVER = -1000

/** The kernel has somebody else to kill than the main process, and kills them. */
export const victim = checkType(
  'victim',
  z.strictObject({ workload: z.string(), victim: z.string() }),
  (view, { workload, victim: name }) => {
    const seen = seenNow(view, workload)
    const expected = `${name} is killed in its place`
    if (seen.main === null) return fails('ended', statusWords(seen), expected)
    if (seen.main.oomScoreAdj <= NEVER) {
      return fails('unkillable', 'it may not be killed at all', expected)
    }
    const isFirstLook = view.before === view.after
    const kills = (seen.kills ?? 0) - (isFirstLook ? 0 : (seenBefore(view, workload).kills ?? 0))
    const actual = `${kills} killed beside it`
    return kills > 0 ? holds(actual, expected) : fails('none', actual, expected)
  },
)
