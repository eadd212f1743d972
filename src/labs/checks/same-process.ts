import * as z from 'zod/mini'
import { checkType, fails, holds, seenNow, statusWords } from './check-type.ts'

/** The process that was there when the lab was opened is still there: what was done, was done while it lived. */
export const sameProcess = checkType(
  'same-process',
  z.strictObject({ workload: z.string() }),
  (view, { workload }) => {
    const then = view.state.baseline[workload]
    const { main, ...seen } = seenNow(view, workload)
    const expected = `process ${then?.pid ?? 'unknown'}, as when the lab was opened`
    if (main === null) return fails('ended', statusWords({ main, ...seen }), expected)
    const actual = `process ${main.pid}`
    return main.pid === then?.pid && main.startTicks === then.startTicks
      ? holds(actual, expected)
      : fails('replaced', actual, expected)
  },
)
