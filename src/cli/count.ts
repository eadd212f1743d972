import { usageError } from '../model/errors.ts'

/**
 * Reads how often something shall be done.
 *
 * @throws StellaError (usage) on anything else than a whole number from 1 to a million
 */
export function parseCount(text: string): number {
  const count = /^\d{1,7}$/.test(text) ? Number(text) : 0
  if (count < 1 || count > 1_000_000) {
    throw usageError(`'${text}' is not a count`, null, 'use a whole number from 1 to 1000000')
  }
  return count
}
