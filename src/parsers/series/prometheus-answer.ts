import { usageError } from '../../model/errors.ts'
import type { Instant } from '../../model/time.ts'
import { possibleInstant } from '../instant.ts'
import { field, isRecord, listField, textField } from '../json-fields.ts'
import { stringsAt } from '../json.ts'
import { shown } from './shown.ts'

/** One series of a range answer. */
export interface MetricSeries {
  /** Null: the query calculated it. */
  metric: string | null
  labels: Readonly<Record<string, string>>
  /** A value may be NaN or infinite. */
  points: readonly (readonly [at: Instant, value: number])[]
}

export interface RangeAnswer {
  series: readonly MetricSeries[]
  /** What the server itself warns of. */
  warnings: readonly string[]
}

/** The text is bounded, and so is what it holds. */
const ALL = Number.POSITIVE_INFINITY
const RANGE = 'ask /api/v1/query_range with start, end and step'

/**
 * Reads what `/api/v1/query_range` answers.
 *
 * @throws StellaError (usage) where it is none, an error of the server, or an answer about one moment
 */
export function readRangeAnswer(text: string, from: string): RangeAnswer {
  const answer = parsed(text, from)
  if (field(answer, 'status') === 'error') {
    const says = textField(answer, 'error') ?? 'it says no more'
    throw usageError(`Prometheus refused the query: ${oneLine(says)}`, from, 'correct the query')
  }
  const type = textField(answer, 'data', 'resultType')
  if (type !== 'matrix') {
    const what =
      type === null ? 'no answer of Prometheus' : `an answer about one moment (${shown(type)})`
    throw usageError(`it is ${what}`, from, RANGE)
  }
  const series = listField(answer, ALL, 'data', 'result').flatMap((each) => {
    const labels = labelsOf(field(each, 'metric'))
    const { __name__: metric = null, ...rest } = labels
    return [{ metric, labels: rest, points: pointsOf(each) }]
  })
  return { series, warnings: stringsAt(answer, 'warnings').slice(0, 5).map(oneLine) }
}

/** The reason that a server gives for a refusal; null where the text is none. */
export function refusalIn(text: string): string | null {
  try {
    const says = textField(JSON.parse(text), 'error')
    return says === null ? null : oneLine(says)
  } catch {
    return null
  }
}

function parsed(text: string, from: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw usageError('the JSON is cut or damaged', from, `${RANGE}, and save the whole answer`)
  }
}

function labelsOf(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {}
  const labels: Record<string, string> = {}
  for (const [name, label] of Object.entries(value).slice(0, 100)) {
    if (typeof label === 'string') labels[name] = label
  }
  return labels
}

function pointsOf(series: unknown): [Instant, number][] {
  return listField(series, ALL, 'values').flatMap((pair): [Instant, number][] => {
    if (!Array.isArray(pair)) return []
    const [seconds, value]: unknown[] = pair
    if (typeof seconds !== 'number' || typeof value !== 'string') return []
    const at = possibleInstant(Math.round(seconds * 1_000))
    return at === null ? [] : [[at, valueOf(value)]]
  })
}

/** `+Inf` as Go writes it. */
function valueOf(text: string): number {
  const infinite = /^([+-]?)Inf$/.exec(text)
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity
  return text.trim() === '' ? Number.NaN : Number(text)
}

function oneLine(text: string): string {
  return text
    .replaceAll(/\p{C}|\p{Z}+/gu, ' ')
    .trim()
    .slice(0, 300)
}
