import { usageError } from '../../../../model/errors.ts'

/**
 * A share of a limit, `80` or `80%`.
 *
 * @throws StellaError (usage) on anything else than 1 to 100
 */
export function parsePercent(text: string): number {
  const percent = /^\d{1,3}(?:\.\d{1,6})?%?$/.test(text) ? Number(text.replace('%', '')) : 0
  if (percent > 0 && percent <= 100) return percent
  throw usageError(`'${text}' is not a percentage`, null, 'write it as 80, above 0 and up to 100')
}
