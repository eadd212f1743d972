import type { Instant } from '../model/time.ts'
import { parseInstant } from './json-fields.ts'

/** The last day of year 9999 in milliseconds: RFC 3339 has no later one, and no clock that is set right shows it. */
const LAST_INSTANT = Date.UTC(9999, 11, 31)

/** A number that counts time since 1970, if a calendar has it. */
export function possibleInstant(milliseconds: number): Instant | null {
  return milliseconds >= 0 && milliseconds < LAST_INSTANT ? milliseconds : null
}

/** The instant of an engine's time stamp. Null also for Go's zero time, in year 1, which stands for "never". */
export function instantOf(stamp: string | null): Instant | null {
  const instant = parseInstant(stamp)
  return instant !== null && instant >= 0 ? instant : null
}
