import { ALIVE_VERDICTS } from '../model/codes.ts'
import type { Case } from '../model/case.ts'
import { largestOf } from '../model/extremes.ts'
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

/** When it happened; of what lives, when it was looked at last. */
export function timeOfCase({ at, verdict, evidence }: Case): string {
  if (at !== null || !ALIVE_VERDICTS.has(verdict.code)) return localTime(at)
  const seen = evidence.filter(({ id }) => verdict.because.includes(id))
  const last = largestOf(seen.map((one) => one.at ?? -Infinity))
  return Number.isFinite(last) ? `it lives; seen at ${localTime(last)}` : 'it lives'
}

/**
 * A text with the times that stand in it as JSON has them, for people.
 *
 * @example withLocalTimes('a kill at 1970-01-01T00:00:00.000Z') // "a kill at 1970-01-01 02:00:00.000 +02:00"
 */
export function withLocalTimes(
  text: string,
  offsetMinutes: (at: Instant) => number = systemOffset,
): string {
  return text.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z/g, (time) =>
    localTime(Date.parse(time), offsetMinutes),
  )
}

function systemOffset(at: Instant): number {
  return -new Date(at).getTimezoneOffset()
}
