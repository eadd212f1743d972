import { usageError } from '../../../model/errors.ts'
import type { Recording } from '../../../model/series.ts'
import type { CliContext } from '../../context.ts'
import type { SizeFlags } from './flags.ts'

/** The options that say where a Prometheus is, and what to ask it for. */
export type PrometheusFlags = Pick<SizeFlags, 'prometheus' | 'query' | 'since' | 'tokenFile'>

const USUAL_MS = 7 * 86_400_000
/** Prometheus is mostly told to look this often: what is finer would show each value several times. */
const USUAL_STEP_SECONDS = 15
/** Of a short time, at least. */
const LEAST_POINTS = 240
/** What Prometheus answers at once is little more (11 000). */
const MOST_POINTS = 10_080

/**
 * Asks a Prometheus for the memory of one container.
 *
 * @throws StellaError 2 where nothing is asked for, or the query is refused; 3 where the server is out of reach
 */
export async function recordingOfPrometheus(
  context: CliContext,
  url: string,
  { query, since = USUAL_MS, tokenFile }: PrometheusFlags,
): Promise<Recording> {
  if (query === undefined) {
    throw usageError(
      'it is not said what to ask for',
      '--prometheus',
      'name a container, a pod, labels or PromQL with --query',
    )
  }
  const { io } = context
  const to = io.now()
  return (await context.engine()).queryPrometheus({
    url,
    query,
    from: to - since,
    to,
    stepSeconds: stepSeconds(since),
    tokenFile,
    env: io.env,
  })
}

function stepSeconds(since: number): number {
  const seconds = since / 1_000
  const finest = Math.min(USUAL_STEP_SECONDS, seconds / LEAST_POINTS)
  return Math.max(1, Math.ceil(Math.max(finest, seconds / MOST_POINTS)))
}
