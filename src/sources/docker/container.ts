import * as z from 'zod/mini'
import type { Observation } from '../../model/evidence.ts'
import type { ContainerState } from '../../model/facts.ts'
import type { Instant } from '../../model/time.ts'
import { appLog } from '../../parsers/app-log/index.ts'
import { eventsJsonFormat } from '../../parsers/docker/events-json.ts'
import { inspectFormat } from '../../parsers/docker/inspect.ts'
import { statsJsonFormat } from '../../parsers/docker/stats-json.ts'
import type { Reader } from '../reader.ts'
import { emptyReading } from '../reading.ts'
import type { Reading } from '../reading.ts'
import { originOf, parseAnswer } from './answers.ts'
import type { Engine, EngineAnswer, EngineText } from './engine.ts'

/** A container that an engine knows. */
export interface FoundContainer {
  engine: Engine
  state: Observation<ContainerState>
  createdAt: Instant | null
  tty: boolean
}

export type ContainerLookup =
  | { outcome: 'found'; container: FoundContainer }
  | Exclude<EngineAnswer, { outcome: 'answered' }>

/** What the parser of inspect output has no use for, and we do. */
const Details = z.object({
  Created: z.optional(z.string()),
  Config: z.optional(z.object({ Tty: z.optional(z.boolean()) })),
})
const OneOrMore = z.union([
  Details,
  z.pipe(
    z.array(Details),
    z.transform((list) => list[0] ?? {}),
  ),
])

/** Asks an engine for a container by its name, id, or the beginning of its id. */
export async function lookUpContainer(
  reader: Reader,
  engine: Engine,
  name: string,
  signal: AbortSignal,
): Promise<ContainerLookup> {
  const answer = await engine.inspect(name, signal)
  if (answer.outcome !== 'answered') return answer
  for (const observation of parseAnswer(reader, engine, inspectFormat, answer)) {
    const { fact } = observation
    if (fact.kind !== 'container-state') continue
    const details = detailsOf(answer.text)
    const created = Date.parse(details.Created ?? '')
    return {
      outcome: 'found',
      container: {
        engine,
        state: { ...observation, fact },
        createdAt: Number.isNaN(created) ? null : created,
        tty: details.Config?.Tty === true,
      },
    }
  }
  return { outcome: 'failed', says: `${answer.from} gave no container` }
}

/** Log lines that are read: the last words are what counts. */
const LOG_LINES = 200

export interface ContainerOptions {
  since: Instant | null
  signal: AbortSignal
}

/** Reads what an engine tells about a container beside its state: events, last log lines, a sample while it runs. */
export async function readContainer(
  reader: Reader,
  container: FoundContainer,
  options: ContainerOptions,
): Promise<Reading> {
  const { engine, state, tty } = container
  const { id, running } = state.fact
  const since = options.since ?? container.createdAt
  const { signal } = options
  const [events, logs, stats] = await Promise.all([
    readEvents(reader, engine, id, { since, signal }),
    engine.logs(id, { tty, lines: LOG_LINES }, signal),
    running === true ? engine.stats(id, signal) : null,
  ])
  const reading = emptyReading()
  reading.observations.push(state, ...events.observations)
  reading.unknown.push(...events.unknown)
  if (logs.outcome === 'answered') {
    reading.observations.push(...parseLog(reader, engine, logs))
    if (logs.truncated) reading.unknown.push(`${logs.from} was cut: it is too large`)
  } else reading.unknown.push(`the log of container ${id.slice(0, 12)}: ${says(logs)}`)
  if (stats?.outcome === 'answered') {
    reading.observations.push(...parseAnswer(reader, engine, statsJsonFormat, stats))
  }
  return reading
}

/** The engine's events of a container by id or name; those of a removed container are kept for a while, too. */
export async function readEvents(
  reader: Reader,
  engine: Engine,
  container: string,
  options: ContainerOptions,
): Promise<Reading> {
  const reading = emptyReading()
  const span = { since: options.since, until: reader.now() }
  const events = await engine.events(container, span, options.signal)
  if (events.outcome === 'answered') {
    reading.observations.push(...parseAnswer(reader, engine, eventsJsonFormat, events))
    if (events.truncated) reading.unknown.push(`${events.from} was cut: only the newest are read`)
  } else reading.unknown.push(`events of container ${container.slice(0, 12)}: ${says(events)}`)
  return reading
}

function parseLog(reader: Reader, engine: Engine, text: EngineText): Observation[] {
  const log = appLog.open({ ...originOf(reader, engine, text), readAt: null, source: 'log' })
  log.push(new TextEncoder().encode(text.text))
  return log.finish()
}

function says(answer: Exclude<EngineAnswer, { outcome: 'answered' }>): string {
  return answer.outcome === 'not-found' ? 'the engine does not know it any more' : answer.says
}

function detailsOf(text: string): z.infer<typeof Details> {
  try {
    const result = OneOrMore.safeParse(JSON.parse(text))
    return result.success ? result.data : {}
  } catch {
    return {}
  }
}
