import * as z from 'zod/mini'
import { checkType, fails, holds, seenNow, statusWords } from './check-type.ts'

/** The workload runs. */
export const runs = checkType(
  'runs',
  z.strictObject({ workload: z.string() }),
  (view, { workload }) => {
    const seen = seenNow(view, workload)
    const actual = statusWords(seen)
    return seen.status === 'running'
      ? holds(actual, 'it runs')
      : fails(seen.status, actual, 'it runs')
  },
  { watches: true },
)
