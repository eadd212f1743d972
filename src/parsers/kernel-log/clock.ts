import type { Instant } from '../../model/time.ts'

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** A leap year, so that every day of every year has a place in it. */
const YEARLESS = 1972

const DAY_MS = 86_400_000

const ISO = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)?$/

/** `2026-11-21T05:46:51,323709+00:00` and its relatives. Without a zone the time is read as UTC. */
export function isoInstant(text: string): Instant | null {
  const match = ISO.exec(text)
  if (match === null) return null
  const [, year, month, day, hour, minute, second, fraction, zone] = match
  const whole = utc(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  )
  return whole === null ? null : whole + milliseconds(fraction) - zoneMilliseconds(zone)
}

const CTIME = /^\S+ (\S+) +(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4})$/

/** `Sat Nov 21 05:46:51 2026`, as `dmesg -T` prints it in the machine's zone; read as UTC. */
export function ctimeInstant(text: string): Instant | null {
  const match = CTIME.exec(text)
  if (match === null) return null
  const [, month = '', day, hour, minute, second, year] = match
  return utc(
    Number(year),
    monthOf(month),
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  )
}

const SYSLOG = /^(\S+) +(\d{1,2}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?$/

/** `Nov 21 05:46:51`, which has no year: the time in 1972. */
export function syslogInstant(text: string): Instant | null {
  const match = SYSLOG.exec(text)
  if (match === null) return null
  const [, month = '', day, hour, minute, second, fraction] = match
  const whole = utc(
    YEARLESS,
    monthOf(month),
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  )
  return whole === null ? null : whole + milliseconds(fraction)
}

/** Puts a yearless time into the last year in which it is not after `readAt` (one day of grace for zones). */
export function inYearBefore(yearless: Instant, readAt: Instant): Instant {
  const date = new Date(yearless)
  const year = new Date(readAt).getUTCFullYear()
  const sameYear = date.setUTCFullYear(year)
  return sameYear <= readAt + DAY_MS ? sameYear : new Date(yearless).setUTCFullYear(year - 1)
}

/** The most that ECMAScript's Date can hold, either way. */
const LAST_INSTANT = 8.64e15

/** Null for what no clock has ever shown. */
export function instantOrNull(milliseconds: number): Instant | null {
  return milliseconds >= 0 && milliseconds <= LAST_INSTANT ? milliseconds : null
}

function utc(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): Instant | null {
  if (month < 0 || month > 11 || day < 1 || day > 31) return null
  if (hour > 23 || minute > 59 || second > 60) return null
  return Date.UTC(year, month, day, hour, minute, second)
}

function monthOf(word: string): number {
  return MONTHS.indexOf(word.slice(0, 3).toLowerCase())
}

function milliseconds(fraction: string | undefined): number {
  return fraction === undefined ? 0 : Number(`0.${fraction}`) * 1000
}

function zoneMilliseconds(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0
  const sign = zone.startsWith('-') ? -1 : 1
  return sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))) * 60_000
}
