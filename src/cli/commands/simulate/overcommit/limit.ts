import { usageError } from '../../../../model/errors.ts'
import { parseSize } from '../../../size.ts'

/**
 * A limit or request of a list; null for `none`.
 *
 * @throws StellaError (usage), also for 0, which the engines take for no limit
 */
export function parseLimit(text: string): number | null {
  if (text === 'none') return null
  const bytes = parseSize(text)
  if (bytes > 0) return bytes
  throw usageError('0 bytes could mean nothing or no limit', null, "write 'none' for no limit")
}
