/** What happens, as it happens: one stream of events for the whole page, which comes back by itself. */
import * as z from 'zod/mini'
import { LiveView, Overview } from '../../src/server/contract.ts'
import type { LiveViewDocument } from '../../src/server/contract.ts'
import { createStore } from '../shell/store.ts'
import { ask } from './client.ts'

export type Connection =
  | 'connecting'
  | 'live'
  /** The server does not answer; it is asked again. */
  | 'away'
  /** It wants a token; it is asked again once it has one. */
  | 'token'

const RunEvent = z.object({ run: z.string(), step: z.nullable(z.string()) })
export type RunNews = z.output<typeof RunEvent>

export const connection = createStore<Connection>('connecting')
/** Counts up whenever the server is there again: whoever shows something of it asks again. */
export const arrivals = createStore(0)
/** Counts up when cases or warnings were taken; a storm of kills makes no storm of questions. */
export const entries = createStore(0)
/** What a run of a runbook did last; of one that is asked for again, nothing is missed. */
export const runNews = createStore<RunNews | null>(null)
/** The last round; null: there was none. */
export const round = createStore<LiveViewDocument | null>(null)

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 8_000
const SETTLE_MS = 400

let source: EventSource | null = null
let timer: ReturnType<typeof setTimeout> | undefined
let pause = FIRST_PAUSE_MS
let settling: ReturnType<typeof setTimeout> | null = null

/** Listens from now on. After the token was given, it is called again. */
export function connect(): void {
  clearTimeout(timer)
  source?.close()
  const opened = new EventSource('/api/events')
  source = opened
  opened.addEventListener('open', () => {
    pause = FIRST_PAUSE_MS
    connection.set('live')
    arrivals.set(arrivals.get() + 1)
  })
  opened.addEventListener('error', () => {
    opened.close()
    if (source === opened) void findOutWhy()
  })
  opened.addEventListener('round', ({ data }) => takeRound(data))
  opened.addEventListener('run', ({ data }) => takeRun(data))
  for (const kind of ['entry', 'missed']) {
    opened.addEventListener(kind, tellOfEntries)
  }
}

function tellOfEntries(): void {
  settling ??= setTimeout(() => {
    settling = null
    entries.set(entries.get() + 1)
  }, SETTLE_MS)
}

/** A stream does not tell why it ended; a plain call does. */
async function findOutWhy(): Promise<void> {
  const answer = await ask('/api/overview', Overview)
  connection.set(answer.kind === 'token' ? 'token' : 'away')
  if (answer.kind === 'token') return
  timer = setTimeout(connect, pause)
  pause = Math.min(LONGEST_PAUSE_MS, pause * 2)
}

function takeRound(data: unknown): void {
  if (typeof data !== 'string') return
  const read = z.safeParse(LiveView, JSON.parse(data))
  if (read.success) round.set(read.data)
}

function takeRun(data: unknown): void {
  if (typeof data !== 'string') return
  const read = z.safeParse(RunEvent, JSON.parse(data))
  if (read.success) runNews.set(read.data)
}
