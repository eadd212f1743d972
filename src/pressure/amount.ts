import { usageError } from '../model/errors.ts'
import { readSize } from '../parsers/quantity/own.ts'

/** How much: bytes, or a share of the present limit. */
export type Amount = { bytes: number } | { percent: number }

/**
 * Reads `64Mi` or `25%`.
 *
 * @throws StellaError (usage)
 */
export function parseAmount(text: string): Amount {
  const percent = /^(\d{1,3}(?:\.\d{1,3})?)%$/.exec(text)?.[1]
  if (percent !== undefined) {
    if (Number(percent) > 0 && Number(percent) <= 100) return { percent: Number(percent) }
    throw usageError(`'${text}' is no share of a limit`, null, 'write it as in 25%, up to 100%')
  }
  const read = readSize(text)
  if (!read.ok) throw usageError(read.problem, null, read.todo)
  return { bytes: read.bytes }
}
