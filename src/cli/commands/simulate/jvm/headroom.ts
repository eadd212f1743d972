import { usageError } from '../../../../model/errors.ts'

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
