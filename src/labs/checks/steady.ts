import * as z from 'zod/mini'
import type { Judgement } from '../lab.ts'
import type { Seen } from '../view.ts'
import { checkType, fails, holds, seenBefore, seenNow, statusWords } from './check-type.ts'

/**
 * For the whole time that is watched: the same process, and no kill by the kernel in its group. With `unhurt` there may have
 * been none at all since it was started, so that nothing is hidden by asking late.
 */
export const steady = checkType(
  'steady',
  z.strictObject({ workload: z.string(), unhurt: z._default(z.boolean(), false) }),
  (view, { workload, unhurt }) =>
    judge(seenBefore(view, workload), seenNow(view, workload), unhurt),
  { watches: true },
)

const EXPECTED = 'the same process, and no new kill, while it is watched'

function judge(before: Seen, now: Seen, unhurt: boolean): Judgement {
  if (before.main === null || now.main === null) return fails('ended', statusWords(now), EXPECTED)
  if (!isSame(before, now)) {
    const actual = `process ${before.main.pid} was replaced by ${now.main.pid}`
    return fails('replaced', actual, EXPECTED)
  }
  const kills = (now.kills ?? 0) - (unhurt ? 0 : (before.kills ?? 0))
  if (kills !== 0) return fails('killed', `the kernel has killed in its group: ${kills}`, EXPECTED)
  return holds(`process ${now.main.pid}, no new kill`, EXPECTED)
}

function isSame(before: Seen, now: Seen): boolean {
  return (
    before.main?.pid === now.main?.pid &&
    before.main?.startTicks === now.main?.startTicks &&
    before.restarts === now.restarts
  )
}
