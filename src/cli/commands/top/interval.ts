import { usageError } from '../../../model/errors.ts'
import { parseDuration } from '../../duration.ts'

const LONGEST_MS = 3_600_000

/**
 * Reads the time between two rounds into milliseconds.
 *
 * @throws StellaError (usage) on anything else than a duration of 1s up to 1h
 */
export function parseInterval(text: string): number {
  const milliseconds = parseDuration(text)
  if (milliseconds > LONGEST_MS) {
    throw usageError(`'${text}' is too long between two rounds`, null, 'use 1s up to 1h')
  }
  return milliseconds
}
