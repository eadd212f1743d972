/** Writes Events of pods, each kill once, and a crash loop as one Event that counts. */
import { setTimeout as pause } from 'node:timers/promises'
import { StellaError } from '../../model/errors.ts'
import { keepNewest } from '../../model/newest.ts'
import { field, numberField, textField } from '../../parsers/json-fields.ts'
import { CASE_ANNOTATION } from '../../parsers/kubernetes/told-kill.ts'
import type { KubernetesApi } from '../../sources/kubernetes/api.ts'
import { ApiProblem, asStellaError } from '../../sources/kubernetes/problem.ts'
import { incidentIn, microTime } from './pod-event.ts'
import type { PodEvent } from './pod-event.ts'

export interface PodEvents {
  /** Puts it into the line. Never waits and never throws. */
  send(event: PodEvent): void
  /** Resolves when the line is empty but for what is held back, or the time is up. */
  flush(timeoutMs: number): Promise<void>
  stop(): void
}

export interface PodEventsOptions {
  api(): Promise<KubernetesApi>
  /** Told once for each change; null: it works again. */
  onTrouble(why: string | null): void
  pausesMs?: readonly number[]
  /** One Event is written that often at most. */
  againMs?: number
}

/** Events that wait; of more the oldest are dropped. */
const MAX_WAITING = 500
const MAX_KNOWN = 5_000
/** Between two calls: five in a second at most, whatever happens on the node. */
const CALL_PAUSE_MS = 200
const AGAIN_MS = 10_000
/** Before one that failed is tried again; the last is repeated. */
const PAUSES_MS = [1_000, 5_000, 30_000]

/** An Event with the kills that it has not told of yet. */
interface Waiting {
  /** The newest of them. */
  event: PodEvent
  kills: number
  due: number
}

export function createPodEvents(options: PodEventsOptions): PodEvents {
  const { api, onTrouble, pausesMs = PAUSES_MS, againMs = AGAIN_MS } = options
  const line = new Map<string, Waiting>()
  /** How often an Event that is there has counted. */
  const counts = new Map<string, { count: number; writtenAt: number }>()
  const stop = new AbortController()
  let running: Promise<void> | null = null
  let trouble: string | null = null
  let failures = 0
  let dropped = 0

  function tell(why: string | null): void {
    if (why !== trouble) onTrouble(why)
    trouble = why
  }

  async function work(): Promise<void> {
    for (let next = earliest(); next !== null; next = earliest()) {
      const [key, { due }] = next
      await wait(Math.max(due - performance.now(), 0))
      if (stop.signal.aborted) break
      // More kills may have come meanwhile.
      const { event, kills } = line.get(key) ?? next[1]
      line.delete(key)
      try {
        await write(key, event, kills)
        failures = 0
        const lost = dropped === 0 ? null : `${dropped} Events were dropped: too many at once`
        dropped = 0
        tell(lost)
      } catch (error) {
        const problem = problemOf(error)
        tell(problem.message)
        if (MAY_WORK_LATER.has(problem.kind)) {
          await wait(pausesMs[Math.min(failures++, pausesMs.length - 1)] ?? 0)
          putBack(key, event, kills)
        }
      }
      await wait(CALL_PAUSE_MS)
    }
    running = null
  }

  function earliest(): [string, Waiting] | null {
    let first: [string, Waiting] | null = null
    for (const entry of line) if (first === null || entry[1].due < first[1].due) first = entry
    return first
  }

  /** Something is under way, or is due: what is held back is not waited for. */
  function isBusy(): boolean {
    if (running === null) return false
    const now = performance.now()
    return line.size === 0 || [...line.values()].some(({ due }) => due <= now)
  }

  async function wait(milliseconds: number): Promise<void> {
    const { signal } = stop
    await pause(milliseconds, undefined, { signal, ref: false }).catch(() => undefined)
  }

  function putBack(key: string, event: PodEvent, kills: number): void {
    const newer = line.get(key)
    if (newer === undefined) line.set(key, { event, kills, due: performance.now() })
    else newer.kills += kills
  }

  async function write(key: string, event: PodEvent, kills: number): Promise<void> {
    const server = await api()
    const path = `/apis/events.k8s.io/v1/namespaces/${event.namespace}/events`
    const known = counts.get(key)
    if (known !== undefined) {
      try {
        await count(known.count + kills)
        return
      } catch (error) {
        // The server has forgotten it: it keeps Events for an hour.
        if (!(error instanceof ApiProblem && error.kind === 'missing')) throw error
      }
    }
    try {
      await send('POST', path, event.body)
      keep(1)
      if (kills > 1) await count(kills)
    } catch (error) {
      if (!(error instanceof ApiProblem && error.kind === 'conflict')) throw error
      await goOn()
    }

    /** It is there from before this program began, or an answer was lost: a patch of nothing tells what stands in it. */
    async function goOn(): Promise<void> {
      const there = await send('PATCH', `${path}/${event.name}`, {})
      const annotations = field(there, 'metadata', 'annotations')
      const before = numberField(there, 'series', 'count') ?? 1
      const isTold = incidentIn(textField(annotations, CASE_ANNOTATION)) === event.incident
      if (isTold) keep(before)
      else await count(before + kills)
    }

    async function count(total: number): Promise<void> {
      await send('PATCH', `${path}/${event.name}`, {
        metadata: { annotations: { [CASE_ANNOTATION]: event.annotation } },
        series: { count: total, lastObservedTime: microTime(event.at) },
      })
      keep(total)
    }

    function keep(total: number): void {
      keepNewest(counts, key, { count: total, writtenAt: performance.now() }, MAX_KNOWN)
    }

    function send(
      method: 'POST' | 'PATCH',
      where: string,
      body: object,
    ): Promise<Record<string, unknown>> {
      const type = method === 'POST' ? 'application/json' : 'application/merge-patch+json'
      const text = JSON.stringify(body)
      return server.send({ method, path: where, body: { type, text }, signal: stop.signal })
    }
  }

  return {
    send(event) {
      const key = `${event.namespace}/${event.name}`
      const waiting = line.get(key)
      const writtenAt = counts.get(key)?.writtenAt ?? Number.NEGATIVE_INFINITY
      const due = waiting?.due ?? Math.max(performance.now(), writtenAt + againMs)
      line.set(key, { event, kills: (waiting?.kills ?? 0) + 1, due })
      if (line.size > MAX_WAITING) {
        const [oldest] = line.keys()
        if (oldest !== undefined) line.delete(oldest)
        dropped++
      }
      running ??= work()
    },
    async flush(milliseconds) {
      const end = performance.now() + milliseconds
      while (isBusy() && performance.now() < end) {
        await pause(Math.min(20, milliseconds))
      }
    },
    stop: () => stop.abort(),
  }
}

/** What is refused stays refused; so is a missing right, which is told. */
const MAY_WORK_LATER: ReadonlySet<ApiProblem['kind'] | 'unknown'> = new Set([
  'unauthenticated',
  'busy',
  'failed',
  'late',
  'unreachable',
  'unknown',
])

function problemOf(error: unknown): { kind: ApiProblem['kind'] | 'unknown'; message: string } {
  if (error instanceof ApiProblem) {
    return { kind: error.kind, message: asStellaError(error, 'the API server').message }
  }
  // No cluster is described, or it could not be said who asks: both can change.
  if (error instanceof StellaError) return { kind: 'unknown', message: error.message }
  throw error
}
