/** What is recorded grows for ever, and the disk does not. */
import type { Instant } from '../../model/time.ts'

/** How much of a lane is kept. */
export interface Caps {
  maxBytes: number
  maxAgeMs: number
}

/** A segment that nothing is added to any more. */
export interface Ended {
  bytes: number
  /** Of its first entry. */
  startsAt: Instant
}

/**
 * Which segments have to go before another one begins: the oldest until it has room, and one that is too old. That is one at a
 * time, so that a clock which jumps ahead for a moment does not empty the journal.
 *
 * @param ended oldest first
 * @param room bytes that the next segment may take
 */
export function outdated<T extends Ended>(
  ended: readonly T[],
  now: Instant,
  { maxBytes, maxAgeMs, room }: Caps & { room: number },
): T[] {
  let total = ended.reduce((sum, { bytes }) => sum + bytes, 0)
  const overflowing = ended.filter(({ bytes }) => {
    if (total + room <= maxBytes) return false
    total -= bytes
    return true
  })
  const tooOld = ended.find(
    (one, at) => endOf(one, ended[at + 1]?.startsAt ?? now) < now - maxAgeMs,
  )
  return tooOld === undefined || overflowing.includes(tooOld)
    ? overflowing
    : [...overflowing, tooOld]
}

/** A clock that was wrong while one segment was begun must not make its neighbour look old. */
function endOf({ startsAt }: Ended, next: Instant): Instant {
  return Math.max(startsAt, next)
}
