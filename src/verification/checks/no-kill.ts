import type { Check } from '../check.ts'
import { countsSinceChange, firstLook, lastLook } from '../seen.ts'
import type { Seen } from '../seen.ts'

/** A kill of a child counts as much as one of the main process. What was killed before the change does not count. */
export const noKill: Check = {
  name: 'no kill since the change',
  needed: true,
  judge(seen) {
    const expected = 'none'
    const [kill] = seen.troubles.filter(({ kind }) => kind === 'kill')
    if (kill !== undefined) {
      return { ok: false, actual: `${kill.says} at ${new Date(kill.at).toISOString()}`, expected }
    }
    const counted = killsCounted(seen)
    if (counted !== null && counted > 0) {
      return { ok: false, actual: `the kernel counted ${counted}`, expected }
    }
    if (seen.heard || (counted !== null && sawAll(seen))) {
      return { ok: true, actual: 'none', expected }
    }
    return { ok: null, actual: 'nobody could be asked who would know', expected }
  },
}

/** A counter tells of one life. Where that began after the change, all of it counts; else what was added while we looked. */
function killsCounted(seen: Seen): number | null {
  const now = lastLook(seen).sample?.oomKills ?? null
  const first = firstLook(seen).sample?.oomKills ?? null
  if (now === null) return null
  if (countsSinceChange(seen)) return now
  // A counter that fell is another group's.
  return first === null ? null : now < first ? now : now - first
}

/** Between the change and the first look a child may have died unseen. */
const GAP_MILLISECONDS = 10_000

function sawAll(seen: Seen): boolean {
  return countsSinceChange(seen) || firstLook(seen).at - seen.since <= GAP_MILLISECONDS
}
