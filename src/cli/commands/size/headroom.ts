import { usageError } from '../../../model/errors.ts'

const MOST_PERCENT = 1_000

/**
 * Room above the need, `20` or `20%`, as a share.
 *
 * @throws StellaError (usage) on anything else than 0 to 1000
 * @example parseHeadroom('20%') // 0.2
 */
export function parseHeadroom(text: string): number {
  const percent = /^\d{1,4}(?:\.\d{1,6})?%?$/.test(text) ? Number(text.replace('%', '')) : -1
  if (percent >= 0 && percent <= MOST_PERCENT) return percent / 100
  throw usageError(`'${text}' is no percentage of headroom`, null, 'write it as 20, 50 or 100')
}
