import { usageError } from '../model/errors.ts'
import type { Instant } from '../model/time.ts'
import { parseInstant } from '../parsers/json-fields.ts'
import { parseDuration } from './duration.ts'

/** Where something begins that is looked back at, seen from now. */
export type LookBack = (now: Instant) => Instant

/** A day at least, so that a bare number is no time. */
const TIME = /^\d{4}-\d{2}-\d{2}T/

/**
 * Reads how far to look back: a duration, or a time.
 *
 * @throws StellaError (usage) on anything else
 * @example parseLookBack('1h')(now)                    // now - 3_600_000
 * @example parseLookBack('2026-11-22T10:00:00.5Z')(now) // 1_795_341_600_500
 */
export function parseLookBack(text: string): LookBack {
  if (!TIME.test(text)) {
    const milliseconds = parseDuration(text)
    return (now) => now - milliseconds
  }
  const at = parseInstant(text)
  if (at !== null) return () => at
  throw usageError(`'${text.slice(0, 60)}' is no time`, null, 'write it as 2026-11-22T10:00:00Z')
}
