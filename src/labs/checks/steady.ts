import * as z from 'zod/mini'
import type { Judgement } from '../lab.ts'
import type { Seen } from '../view.ts'
import { checkType, fails, holds, seenBefore, seenNow, statusWords } from './check-type.ts'

/**
 * For the whole time that is watched: the same process. Of kills by the kernel in its group there may be no new one; with
 * `none` there may have been none at all since it was started, so that nothing is hidden by asking late.
 */
export const steady = checkType(
  'steady',
  z.strictObject({
    workload: z.string(),
    kills: z._default(z.enum(['none', 'no-new', 'any']), 'no-new'),
  }),
  (view, { workload, kills }) => judge(seenBefore(view, workload), seenNow(view, workload), kills),
  { watches: true },
)

const EXPECTED = {
  none: 'the same process, and no kill since it was started',
  'no-new': 'the same process, and no new kill, while it is watched',
  any: 'the same process, while it is watched',
}

function judge(before: Seen, now: Seen, kills: keyof typeof EXPECTED): Judgement {
  const expected = EXPECTED[kills]
  if (before.main === null || now.main === null) return fails('ended', statusWords(now), expected)
  if (!isSame(before, now)) {
    const actual = `process ${before.main.pid} was replaced by ${now.main.pid}`
    return fails('replaced', actual, expected)
  }
  const count = (now.kills ?? 0) - (kills === 'none' ? 0 : (before.kills ?? 0))
  if (count !== 0 && kills !== 'any') {
    return fails('killed', `the kernel has killed in its group: ${count}`, expected)
  }
  return holds(`process ${now.main.pid}${kills === 'any' ? '' : ', no kill'}`, expected)
}

function isSame(before: Seen, now: Seen): boolean {
  return (
    before.main?.pid === now.main?.pid &&
    before.main?.startTicks === now.main?.startTicks &&
    before.restarts === now.restarts
  )
}
