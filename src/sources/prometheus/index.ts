import { usageError } from '../../model/errors.ts'
import type { Recording } from '../../model/series.ts'
import type { Instant } from '../../model/time.ts'
import { readRangeAnswer } from '../../parsers/series/prometheus-answer.ts'
import type { MetricSeries, RangeAnswer } from '../../parsers/series/prometheus-answer.ts'
import { recordingOfAnswer } from '../../parsers/series/prometheus.ts'
import { askPrometheus, prometheusServer } from './ask.ts'
import type { ServerOptions } from './ask.ts'
import { queryFor } from './selector.ts'

export interface PrometheusQuery extends Omit<ServerOptions, 'env'> {
  /** PromQL, labels in braces, or the bare name of a container or a pod. */
  query: string
  from: Instant
  to: Instant
  stepSeconds: number
  signal?: AbortSignal | undefined
  env?: ServerOptions['env']
}

/** Prometheus answers no more for each series (web/api/v1/api.go). */
const MAX_POINTS = 11_000
const MAX_PIECES = 50

/**
 * Asks a Prometheus for the memory of one container or process. What is longer than the server answers at once is asked in
 * pieces, one after the other.
 *
 * @throws StellaError 2 where the query is refused, or tells of several subjects; 3 where the server cannot be reached
 */
export async function queryPrometheus(options: PrometheusQuery): Promise<Recording> {
  const { from, to, stepSeconds, signal } = options
  if (!(from < to) || !(stepSeconds > 0)) {
    throw usageError('there is no time between start and end', null, 'ask for a longer time')
  }
  const points = Math.floor((to - from) / 1_000 / stepSeconds) + 1
  const pieces = Math.ceil(points / MAX_POINTS)
  if (pieces > MAX_PIECES) {
    throw usageError(
      `${points} points are more than can be asked for`,
      null,
      `use a step of ${Math.ceil(stepSeconds * (pieces / MAX_PIECES))} s or more`,
    )
  }
  const server = prometheusServer({ env: process.env, ...options })
  const query = queryFor(options.query)
  const answers: RangeAnswer[] = []
  for (let piece = 0; piece < pieces; piece++) {
    const start = from / 1_000 + piece * MAX_POINTS * stepSeconds
    const end = Math.min(to / 1_000, start + (MAX_POINTS - 1) * stepSeconds)
    const span = { start: start.toFixed(3), end: end.toFixed(3), step: String(stepSeconds) }
    const text = await askPrometheus(server, 'api/v1/query_range', { query, ...span }, signal)
    answers.push(readRangeAnswer(text, server.where))
  }
  return recordingOfAnswer(joined(answers), server.where)
}

/** The pieces of each series, one after the other. */
function joined(answers: readonly RangeAnswer[]): RangeAnswer {
  const byLabels = new Map<string, MetricSeries>()
  for (const piece of answers.flatMap((answer) => answer.series)) {
    const key = JSON.stringify([piece.metric, piece.labels])
    const known = byLabels.get(key)
    byLabels.set(
      key,
      known === undefined ? piece : { ...known, points: [...known.points, ...piece.points] },
    )
  }
  const warnings = new Set(answers.flatMap((answer) => answer.warnings))
  return { series: [...byLabels.values()], warnings: [...warnings] }
}
