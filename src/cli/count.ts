import { usageError } from '../model/errors.ts'

/**
 * Reads how often something shall be done.
 *
 * @throws StellaError (usage) on anything else than a whole number from 1 to a million
 */
export const parseCount = countUpTo(1_000_000)

/** The same, of what is not given in any number. */
export function countUpTo(most: number): (text: string) => number {
  return (text) => {
    const count = /^\d{1,7}$/.test(text) ? Number(text) : 0
    if (count >= 1 && count <= most) return count
    throw usageError(`'${text}' is not a count`, null, `use a whole number from 1 to ${most}`)
  }
}
