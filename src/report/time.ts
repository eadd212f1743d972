import type { Instant } from '../model/time.ts'

/**
 * A time for people: the machine's own clock with its offset from UTC, to the millisecond.
 *
 * @param offsetMinutes minutes east of UTC at that time
 * @example localTime(0, () => 120) // "1970-01-01 02:00:00.000 +02:00"
 */
export function localTime(
  at: Instant | null,
  offsetMinutes: (at: Instant) => number = systemOffset,
): string {
  if (at === null || !(Math.abs(at) < 8.64e15)) return 'at an unknown time'
  const offset = offsetMinutes(at)
  const shifted = new Date(at + offset * 60_000)
  if (Number.isNaN(shifted.getTime())) return 'at an unknown time'
  const sign = offset < 0 ? '-' : '+'
  const hours = String(Math.trunc(Math.abs(offset) / 60)).padStart(2, '0')
  const minutes = String(Math.abs(offset) % 60).padStart(2, '0')
  return `${shifted.toISOString().replace('T', ' ').replace('Z', '')} ${sign}${hours}:${minutes}`
}

function systemOffset(at: Instant): number {
  return -new Date(at).getTimezoneOffset()
}
