import { usageError } from '../model/errors.ts'

const MILLISECONDS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
/** A century; more is a slip of the keyboard, and would leave the range of dates. */
const LONGEST_DAYS = 36_525

/**
 * Reads a duration of the command line into milliseconds.
 *
 * @throws StellaError (usage) on anything else than a whole number followed by s, m, h or d
 * @example parseDuration('30m') // 1_800_000
 */
export function parseDuration(text: string): number {
  const match = /^(?<count>\d{1,12})(?<unit>[smhd])$/.exec(text)
  const count = Number(match?.groups?.['count'])
  const unit = match?.groups?.['unit']
  if (unit !== 's' && unit !== 'm' && unit !== 'h' && unit !== 'd') {
    throw usageError(`'${text}' is not a duration`, null, 'write it as 90s, 30m, 1h or 7d')
  }
  const milliseconds = count * MILLISECONDS[unit]
  if (milliseconds === 0 || milliseconds > LONGEST_DAYS * MILLISECONDS.d) {
    throw usageError(`'${text}' is out of range`, null, 'use 1s up to 36525d')
  }
  return milliseconds
}
