import { NO_LIMIT_BYTES } from '../../model/bytes.ts'
import type { SizeReading } from './own.ts'

/** The engines' units are binary whatever their spelling (docker/go-units, `RAMInBytes`). */
const FACTORS: ReadonlyMap<string, number> = new Map([
  ['b', 1],
  ['k', 2 ** 10],
  ['m', 2 ** 20],
  ['g', 2 ** 30],
  ['t', 2 ** 40],
  ['p', 2 ** 50],
])

/** Bounded, so that a long text costs no more than a short one. The engines read exponents, too: 1e3m is 1000m. */
const SIZE =
  /^\+?(?<digits>(?:\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})(?:[eE][+-]?\d{1,3})?) ?(?<unit>[a-zA-Z]{0,3})$/
const SUFFIX = /^(?:b|[kmgtp](?:b|ib)?)?$/

const HOW_TO_WRITE = 'write it as 512m, 1.5g or bytes'

/**
 * A size in Docker's dialect, in whole bytes: `256m`, `256mb` and `256MiB` are all 256 · 2^20, a bare number is bytes,
 * 0 is "not set". Refused: `256Mi`, which the command line took up to version 20.10 and takes no more.
 *
 * @example readDockerSize('256m') // { ok: true, bytes: 268435456 }
 */
export function readDockerSize(text: string): SizeReading {
  const groups = SIZE.exec(text)?.groups
  const digits = groups?.['digits']
  if (digits === undefined) return refusal(`${quoted(text)} is not a size for Docker`, HOW_TO_WRITE)
  const unit = (groups?.['unit'] ?? '').toLowerCase()
  if (!SUFFIX.test(unit)) return unknownUnit(text, digits, unit)
  // Rounded down as the engine does: 7.1m is 7444889.
  const bytes = Math.floor(Number(digits) * (FACTORS.get(unit.slice(0, 1)) ?? 1))
  if (bytes < NO_LIMIT_BYTES) return { ok: true, bytes }
  return refusal(`${quoted(text)} is larger than any memory`, 'stay below 1024p')
}

function unknownUnit(text: string, digits: string, unit: string): SizeReading {
  const meant = /^([kmgtp])i$/.exec(unit)?.[1]
  if (meant === undefined) {
    return refusal(`${quoted(text)} has no unit that Docker knows`, HOW_TO_WRITE)
  }
  return refusal(
    `${quoted(text)} is how Kubernetes writes it, and today's Docker refuses it`,
    `write ${digits}${meant}, which is binary there: ${digits}${meant} = ${digits}${meant.toUpperCase()}i`,
  )
}

function refusal(problem: string, todo: string): SizeReading {
  return { ok: false, problem, todo }
}

/** Long enough for every size a person writes. */
function quoted(text: string): string {
  return text.length <= 40 ? `'${text}'` : `'${text.slice(0, 38)}…'`
}
