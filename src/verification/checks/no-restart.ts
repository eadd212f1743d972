import type { Check } from '../check.ts'
import { firstLook, lastLook } from '../seen.ts'
import type { Look, Seen } from '../seen.ts'

/** The kernel tells the time of its boot in whole seconds, and starts of processes from there; an engine knows its own. */
const BOOT_CLOCK_MILLISECONDS = 1_000

/** The life that runs at the end is the one that ran when the change was in force. */
export const noRestart: Check = {
  name: 'no restart since the change',
  needed: true,
  judge(seen) {
    if (seen.isMachine) return null
    const expected = 'the same life since the change'
    const [first, last] = [firstLook(seen), lastLook(seen)]
    const problem = restartIn(seen, first, last)
    if (problem !== null) return { ok: false, actual: problem, expected }
    if (last.running === false) return { ok: false, actual: 'it ended', expected }
    if (last.startedAt === null) return { ok: null, actual: 'its start is not known', expected }
    const since = new Date(last.startedAt).toISOString()
    return { ok: true, actual: `it runs since ${since}`, expected }
  },
}

function restartIn(seen: Seen, first: Look, last: Look): string | null {
  const [end] = seen.troubles.filter(({ kind }) => kind !== 'kill')
  if (end !== undefined) return `${end.says} at ${new Date(end.at).toISOString()}`
  if (first.id !== null && last.id !== null && first.id !== last.id) {
    return 'what runs now is another one than at the first look'
  }
  const isByEngine = last.restartCount !== null
  const slack = isByEngine ? 0 : BOOT_CLOCK_MILLISECONDS
  if (last.startedAt !== null && last.startedAt > seen.since + slack) {
    return `it was started again at ${new Date(last.startedAt).toISOString()}`
  }
  const restarts = (last.restartCount ?? 0) - (first.restartCount ?? 0)
  return restarts > 0 ? `the engine restarted it ${restarts} times` : null
}
