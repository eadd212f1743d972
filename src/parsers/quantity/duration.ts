import type { Refusal } from './own.ts'

const MILLISECONDS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
/** A century; more is a slip of the keyboard, and would leave the range of dates. */
const LONGEST_DAYS = 36_525

/** A whole number followed by s, m, h or d, in milliseconds: `30m` is 1,800,000. */
export function readDuration(text: string): { ok: true; milliseconds: number } | Refusal {
  const match = /^(?<count>\d{1,12})(?<unit>[smhd])$/.exec(text)
  const unit = match?.groups?.['unit']
  if (unit !== 's' && unit !== 'm' && unit !== 'h' && unit !== 'd') {
    const problem = `'${text.slice(0, 60)}' is not a duration`
    return { ok: false, problem, todo: 'write it as 90s, 30m, 1h or 7d' }
  }
  const milliseconds = Number(match?.groups?.['count']) * MILLISECONDS[unit]
  if (milliseconds === 0 || milliseconds > LONGEST_DAYS * MILLISECONDS.d) {
    return { ok: false, problem: `'${text}' is out of range`, todo: 'use 1s up to 36525d' }
  }
  return { ok: true, milliseconds }
}
