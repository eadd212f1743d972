/** The events of a container engine as they happen, through restarts of its daemon. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Observation } from '../../model/evidence.ts'
import type { ContainerEvent } from '../../model/facts.ts'
import { forgetOldest } from '../../model/newest.ts'
import type { Instant } from '../../model/time.ts'
import { eventsJsonFormat } from '../../parsers/docker/events-json.ts'
import { parseAnswer } from '../../sources/docker/answers.ts'
import type { Engine } from '../../sources/docker/engine.ts'
import type { Reader } from '../../sources/reader.ts'

export interface EngineEventsOptions {
  engine: Engine
  since: Instant
  signal: AbortSignal
  onEvent(event: Observation<ContainerEvent>): void
  /** `null`: it answers again. Told once for each change. */
  onBlind(why: string | null): void
}

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000
/** A line that does not end is no event. */
const MAX_LINE_CHARACTERS = 1024 * 1024
/** Events of one moment, or that tell no time. */
const MAX_TOLD = 1_000
/** A daemon that answers does so within this time; then it counts as seeing. */
const SEES_AFTER_MS = 1_000

/** Follows an engine until the signal. What happened while it did not answer is asked for when it does again. Never rejects. */
export async function followEngine(reader: Reader, options: EngineEventsOptions): Promise<void> {
  const { engine, signal } = options
  let { since } = options
  let wait = FIRST_PAUSE_MS
  let isBlind = false
  /** Docker tells events of the very moment again. */
  let told = new Set<string>()

  const take = (line: string): void => {
    for (const event of eventsIn(line, engine, reader)) {
      const { at, excerpt } = event
      if (told.has(excerpt) || (at !== null && at < since)) continue
      if (at !== null && at > since) {
        since = at
        told = new Set()
      }
      told.add(excerpt)
      forgetOldest(told, MAX_TOLD)
      options.onEvent(event)
    }
  }
  const sees = (): void => {
    wait = FIRST_PAUSE_MS
    if (!isBlind) return
    isBlind = false
    options.onBlind(null)
  }

  while (!signal.aborted) {
    const lines = createLines(take)
    const timer = setTimeout(sees, SEES_AFTER_MS)
    const ended = await engine.follow(since, signal, (chunk) => {
      sees()
      lines(chunk)
    })
    clearTimeout(timer)
    if (ended === null) return
    if (!isBlind) {
      isBlind = true
      options.onBlind(ended.says)
    }
    await pause(wait, undefined, { signal, ref: false }).catch(() => undefined)
    wait = Math.min(LONGEST_PAUSE_MS, wait * 2)
  }
}

function eventsIn(text: string, engine: Engine, reader: Reader): Observation<ContainerEvent>[] {
  const answer = { from: `events of ${engine.name}`, text }
  return parseAnswer(reader, engine, eventsJsonFormat, answer).flatMap((observation) => {
    const { fact } = observation
    return fact.kind === 'container-event' ? [{ ...observation, fact }] : []
  })
}

function createLines(take: (line: string) => void): (chunk: Uint8Array) => void {
  const decoder = new TextDecoder()
  let rest = ''
  return (chunk) => {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > MAX_LINE_CHARACTERS) rest = ''
    for (const line of lines) if (line.trim() !== '') take(line)
  }
}
