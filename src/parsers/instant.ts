import type { Instant } from '../model/time.ts'
import { parseInstant } from './json-fields.ts'

/**
 * Where a number may count seconds or milliseconds, it counts milliseconds from here on. As seconds that is the year 5138: no clock
 * that is set right shows a later one.
 */
export const FIRST_MILLISECONDS = 1e11
const END_OF_TIME = FIRST_MILLISECONDS * 1_000

/** A number that counts time since 1970, if a clock can have shown it. */
export function possibleInstant(milliseconds: number): Instant | null {
  return milliseconds >= 0 && milliseconds < END_OF_TIME ? milliseconds : null
}

/** The instant of an engine's time stamp. Null also for Go's zero time, in year 1, which stands for "never". */
export function instantOf(stamp: string | null): Instant | null {
  const instant = parseInstant(stamp)
  return instant === null ? null : possibleInstant(instant)
}
