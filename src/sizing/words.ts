import { counted } from '../model/counted.ts'

/** Units of time, largest first, with their seconds. */
const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

/**
 * A span of time for people, in the largest unit that is there at least twice.
 *
 * @example spanInWords(184_320) // "2 days"
 */
export function spanInWords(seconds: number): string {
  const [unit, length] = UNITS.find(([, each]) => seconds >= 2 * each) ?? ['second', 1]
  return counted(Math.round(Math.max(0, seconds) / length), unit)
}

/** @example percent(0.2) // "20 %" */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

/** A sentence of a text that may lack its full stop. */
export function sentence(text: string): string {
  const whole = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(whole) ? whole : `${whole}.`
}
