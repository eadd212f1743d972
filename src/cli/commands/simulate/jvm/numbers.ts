import { usageError } from '../../../../model/errors.ts'

/**
 * A count of threads, classes or processors.
 *
 * @throws StellaError (usage)
 */
export function parseCount(text: string): number {
  const count = /^\d{1,7}$/.test(text) ? Number(text) : 0
  if (count > 0) return count
  throw usageError(`'${text}' is no count`, null, 'write a whole number, such as 250')
}

/**
 * A share of the limit that stays free, `10` or `10%`.
 *
 * @throws StellaError (usage)
 */
export function parseHeadroom(text: string): number {
  const percent = /^\d{1,2}(?:\.\d{1,6})?%?$/.test(text) ? Number(text.replace('%', '')) : null
  if (percent !== null) return percent
  throw usageError(`'${text}' is not a percentage`, null, 'write it as 10, from 0 and below 100')
}
