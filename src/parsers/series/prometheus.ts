import { limitOrNull } from '../../model/bytes.ts'
import { usageError } from '../../model/errors.ts'
import { NO_SAMPLE } from '../../model/series.ts'
import type { Recording } from '../../model/series.ts'
import type { Instant } from '../../model/time.ts'
import type { Figure } from './csv-columns.ts'
import { readRangeAnswer } from './prometheus-answer.ts'
import type { MetricSeries, RangeAnswer } from './prometheus-answer.ts'
import { meaningOf } from './prometheus-metrics.ts'
import { chooseSubject } from './prometheus-subject.ts'
import { createSeriesBuilder } from './series-builder.ts'
import type { SeriesBuilder } from './series-builder.ts'
import type { SeriesFormat } from './series-format.ts'
import { shown } from './shown.ts'

/** A range answer of Prometheus, or of what speaks as it does (Thanos, Mimir, VictoriaMetrics). */
export const prometheusFormat: SeriesFormat = {
  recognise: (head) =>
    /^\s*\{/.test(head) && /"resultType"\s*:|"status"\s*:\s*"(?:success|error)"/.test(head),
  read: (text, from) => recordingOfAnswer(readRangeAnswer(text, from), from),
}

/** Of all series together; 45 times what Prometheus answers for one. */
const MAX_POINTS = 500_000

/** What is known of one moment. */
interface Moment {
  figures: Partial<Record<Figure, number>>
  /** By what tells it: the container's id, a start time, a count of restarts. */
  lives: Map<string, string>
}

/**
 * The memory of the one container or process that an answer is about.
 *
 * @throws StellaError (usage) where it is about none, or about several
 */
export function recordingOfAnswer({ series, warnings }: RangeAnswer, from: string): Recording {
  const points = series.reduce((sum, each) => sum + each.points.length, 0)
  if (points > MAX_POINTS) {
    throw usageError(
      `the answer holds ${points} points, more than ${MAX_POINTS}`,
      from,
      'ask with a longer step, for a shorter time, or for fewer metrics',
    )
  }
  const chosen = chooseSubject(series, from)
  const builder = createSeriesBuilder(from)
  const { known, notes } = withMeaning(
    chosen.lives.flatMap((life) => life.series),
    from,
  )
  const moments = new Map<Instant, Moment>()
  for (const each of chosen.lives.map((life) => life.series.filter((one) => known.has(one)))) {
    addLife(moments, each, builder)
  }
  addRows(builder, moments)
  const built = builder.finish()
  return {
    subject: chosen.subject,
    source: 'prometheus',
    group: {
      subject: chosen.subject.platform === 'process' ? 'process' : 'group',
      name: chosen.subject.name,
      process: null,
      ...built.series,
    },
    processes: [],
    regions: [],
    unknown: [...warnings, ...chosen.notes, ...notes, ...built.unknown],
  }
}

/** Series that tell something; where none is known by its name, the only one is taken for the memory in use. */
function withMeaning(
  series: readonly MetricSeries[],
  from: string,
): { known: ReadonlySet<MetricSeries>; notes: string[] } {
  const names = [...new Set(series.map(({ metric }) => metric ?? 'a calculated series'))]
  const strangers = names.filter((name) => meaningOf(name) === null)
  const memory = series.filter((each) => tellsMemory(each))
  if (memory.length > 0) {
    const notes = strangers.map((name) => `${shown(name)} is not understood, and was left out`)
    return {
      known: new Set(series.filter(({ metric }) => meaningOf(metric ?? '') !== null)),
      notes,
    }
  }
  const [stranger] = strangers
  if (strangers.length !== 1 || stranger === undefined) {
    throw usageError(
      strangers.length === 0
        ? 'none of its series tells memory in use'
        : `it is not clear which tells the memory in use: ${strangers.slice(0, 5).map(shown).join(', ')}`,
      from,
      'ask for container_memory_working_set_bytes, container_memory_rss or process_resident_memory_bytes',
    )
  }
  return {
    known: new Set(series),
    notes: [`${shown(stranger)} is taken for the memory in use`],
  }
}

function tellsMemory({ metric }: MetricSeries): boolean {
  const meaning = meaningOf(metric ?? '')
  return (
    meaning?.kind === 'figure' &&
    ['usageBytes', 'workingSetBytes', 'anonBytes'].includes(meaning.figure)
  )
}

/** Later lives come later: where the end of one is told beyond the beginning of the next, the next one counts. */
function addLife(
  moments: Map<Instant, Moment>,
  series: readonly MetricSeries[],
  builder: SeriesBuilder,
): void {
  const byStart = series.toSorted((a, b) => (a.points[0]?.[0] ?? 0) - (b.points[0]?.[0] ?? 0))
  for (const { metric, labels, points } of byStart) {
    const meaning = meaningOf(metric ?? '') ?? USAGE
    const container = meaning.kind === 'figure' && meaning.of === 'container' ? idOf(labels) : null
    for (const [at, value] of points) {
      const moment = moments.get(at) ?? { figures: {}, lives: new Map() }
      moments.set(at, moment)
      if (container !== null) moment.lives.set('container', container)
      if (meaning.kind === 'life') moment.lives.set(metric ?? '', lifeValue(value))
      else take(moment, meaning.figure, value, builder)
    }
  }
}

const USAGE = { kind: 'figure', figure: 'usageBytes', of: 'container' } as const

function take(moment: Moment, figure: Figure, value: number, builder: SeriesBuilder): void {
  if (figure === 'limitBytes') {
    const limit = value > 0 ? limitOrNull(Math.round(value)) : null
    if (limit !== null && Number.isFinite(limit)) moment.figures[figure] = limit
    return
  }
  if (Number.isNaN(value)) builder.leftOut('a value is no number', null)
  else if (!Number.isFinite(value)) builder.leftOut('a value is infinite', null)
  else if (value < 0) builder.leftOut('a value is negative', null)
  else moment.figures[figure] = Math.round(value)
}

/** The same start is told with other fractions where the clock is steered. */
function lifeValue(value: number): string {
  return value > START_TIMES_FROM ? String(Math.round(value / 10)) : String(value)
}
/** Unix seconds of 2001; no container restarts that often. */
const START_TIMES_FROM = 1e9

function idOf(labels: MetricSeries['labels']): string | null {
  return labels['id'] ?? labels['uid'] ?? labels['container_id'] ?? labels['pod'] ?? null
}

/** What is told now and then holds until it is told otherwise; before it was told first, it was as then. */
function addRows(builder: SeriesBuilder, moments: ReadonlyMap<Instant, Moment>): void {
  const rows = [...moments].toSorted(([a], [b]) => a - b)
  const lives = new Map<string, string>()
  for (const [, moment] of rows.toReversed())
    for (const [key, life] of moment.lives) lives.set(key, life)
  let limitBytes: number | null = null
  for (const [at, { figures, lives: now }] of rows) {
    for (const [key, life] of now) lives.set(key, life)
    limitBytes = figures.limitBytes ?? limitBytes
    const life = lives.size === 0 ? null : [...lives.values()].join(' ')
    builder.add({ sample: { at, ...NO_SAMPLE, ...figures, limitBytes }, life, line: null })
  }
}
