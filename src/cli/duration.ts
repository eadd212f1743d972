import { usageError } from '../model/errors.ts'
import { readDuration } from '../parsers/quantity/duration.ts'

/**
 * Reads a duration of the command line into milliseconds.
 *
 * @throws StellaError (usage) on anything else than a whole number followed by s, m, h or d
 * @example parseDuration('30m') // 1_800_000
 */
export function parseDuration(text: string): number {
  const read = readDuration(text)
  if (!read.ok) throw usageError(read.problem, null, read.todo)
  return read.milliseconds
}
