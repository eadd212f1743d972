import { NO_LIMIT_BYTES } from '../../model/bytes.ts'

/** A size that was understood, or why it was not and how it would be written. */
export type SizeReading = { ok: true; bytes: number } | Refusal

/** So many bytes in so many seconds, kept apart so that round figures stay round. Negative where memory shrinks. */
export interface ByteRate {
  bytes: number
  seconds: number
}

/** A rate that was understood, or why it was not. */
export type RateReading = { ok: true; rate: ByteRate } | Refusal

export interface Refusal {
  ok: false
  problem: string
  todo: string
}

/** The units of stella's own dialect: with `i` binary, without decimal, and no lower case, which engines read differently. */
const UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['B', 1],
  ['K', 1e3],
  ['M', 1e6],
  ['G', 1e9],
  ['T', 1e12],
  ['P', 1e15],
  ['Ki', 2 ** 10],
  ['Mi', 2 ** 20],
  ['Gi', 2 ** 30],
  ['Ti', 2 ** 40],
  ['Pi', 2 ** 50],
])

/** Bounded, so that a long text costs no more than a short one. */
const SIZE = /^(?<digits>\d{1,20}(?:\.\d{1,20})?)(?<unit>[a-zA-Z]{0,3})$/

const HOW_TO_WRITE = 'write it as 512Mi, 1.5Gi (binary), 512M (decimal) or bytes'

/**
 * A size in stella's own dialect, in whole bytes: `8Gi` and `8GiB` are 8 · 2^30, `8G` is 8 · 10^9, a bare number is bytes.
 * Refused: what is negative, what is 2^60 bytes and more, and units that Docker and Kubernetes read differently (`8g`, `8m`,
 * `8GB`).
 *
 * @example readSize('1.5Gi') // { ok: true, bytes: 1610612736 }
 */
export function readSize(text: string): SizeReading {
  const groups = SIZE.exec(text)?.groups
  const digits = groups?.['digits']
  const unit = groups?.['unit'] ?? ''
  if (digits === undefined) return refusal(`${quoted(text)} is not a size`, HOW_TO_WRITE)
  const factor = UNITS.get(unit.replace(/iB$/, 'i'))
  if (factor === undefined) return unknownUnit(text, digits, unit)
  if (factor === 1 && digits.includes('.')) {
    return refusal(`${quoted(text)} is a fraction of a byte`, 'give whole bytes, or add a unit')
  }
  const bytes = Math.round(Number(digits) * factor)
  if (bytes < NO_LIMIT_BYTES) return { ok: true, bytes }
  return refusal(`${quoted(text)} is larger than any memory`, 'stay below 1024Pi')
}

const SECONDS: ReadonlyMap<string, number> = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3_600],
  ['d', 86_400],
])

/**
 * A size per time: `10Mi/h`, `4Ki/s`, `1.5Gi/d`, `-2Mi/m` (m is a minute).
 *
 * @example readRate('4Ki/m') // { ok: true, rate: { bytes: 4096, seconds: 60 } }
 */
export function readRate(text: string): RateReading {
  const slash = text.lastIndexOf('/')
  const seconds = slash === -1 ? undefined : SECONDS.get(text.slice(slash + 1))
  if (seconds === undefined) {
    return refusal(`${quoted(text)} is not a rate`, 'write it as 10Mi/h, with /s, /m, /h or /d')
  }
  const isNegative = text.startsWith('-')
  const size = readSize(text.slice(isNegative ? 1 : 0, slash))
  if (!size.ok) return { ...size, problem: `${quoted(text)} is not a rate: ${size.problem}` }
  // Not -0, which Object.is tells from 0.
  const bytes = isNegative && size.bytes > 0 ? -size.bytes : size.bytes
  return { ok: true, rate: { bytes, seconds } }
}

function unknownUnit(text: string, digits: string, unit: string): Refusal {
  const meant = /^([kmgtp])b?$/i.exec(unit)?.[1]?.toUpperCase()
  if (meant === undefined) return refusal(`${quoted(text)} has no unit that is known`, HOW_TO_WRITE)
  return refusal(
    `${quoted(text)} could mean two sizes`,
    `write ${digits}${meant}i (binary) or ${digits}${meant} (decimal)`,
  )
}

function refusal(problem: string, todo: string): Refusal {
  return { ok: false, problem, todo }
}

/** Long enough for every size a person writes. */
function quoted(text: string): string {
  return text.length <= 40 ? `'${text}'` : `'${text.slice(0, 38)}…'`
}
