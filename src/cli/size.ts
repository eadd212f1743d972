import { usageError } from '../model/errors.ts'
import { type ByteRate, readRate, readSize } from '../parsers/quantity/own.ts'

/** How a size is written on the command line, for help. */
export const SIZE_FORMS = '512Mi, 1.5Gi, 512M, bytes'

/**
 * A size of the command line, in stella's own dialect.
 *
 * @returns bytes
 * @throws StellaError (usage)
 */
export function parseSize(text: string): number {
  const read = readSize(text)
  if (!read.ok) throw usageError(read.problem, null, read.todo)
  return read.bytes
}

/**
 * A rate of the command line, `10Mi/h`.
 *
 * @throws StellaError (usage)
 */
export function parseRate(text: string): ByteRate {
  const read = readRate(text)
  if (!read.ok) throw usageError(read.problem, null, read.todo)
  return read.rate
}
