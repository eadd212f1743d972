import type { Instant } from '../model/time.ts'
import { parseInstant } from './json-fields.ts'

/** The instant of an engine's time stamp. Null also for Go's zero time, in year 1, which stands for "never". */
export function instantOf(stamp: string | null): Instant | null {
  const instant = parseInstant(stamp)
  return instant !== null && instant >= 0 ? instant : null
}
