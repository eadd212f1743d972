/** Sends the entries of this host's journal to a server: each arrives, also where the server is away for days. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import * as z from 'zod/mini'
import type { Instant } from '../../model/time.ts'
import { readJournal } from '../../store/cases.ts'
import type { JournalEntry } from '../../store/cases.ts'
import { entryDocument } from '../../store/cases/entry-json.ts'
import type { HostIdentity } from '../../store/database/types.ts'
import { privateFolder, writeDurably } from '../../store/durable.ts'

export interface Sender {
  /** An entry that is in the journal now. Never waits. */
  put(entry: JournalEntry): void
  /** Waits a moment for what is under way; what is not sent is sent by the next one. */
  stop(timeoutMs: number): Promise<void>
}

export interface SenderOptions {
  /** Of the server. */
  url: URL
  token: string | null
  host: HostIdentity
  /** Where the journal is. */
  dataFolder: string
  /** Told once for each change; null: the server takes entries again. */
  onTrouble(why: string | null): void
  timeoutMs?: number
}

/** In one delivery: a case is some ten kilobytes, and a megabyte at most. */
const MAX_AT_ONCE = 100
const MAX_DELIVERY_CHARACTERS = 4 * 1024 * 1024
/** Entries in mind; beyond it the journal is read again, which has them all. */
const MAX_QUEUED = 2_000
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000
const TIMEOUT_MS = 20_000
/** Clocks may be set back a little; what is sent twice is kept once. */
const MARGIN_MS = 5 * 60_000

export function startSender(options: SenderOptions): Sender {
  const { dataFolder } = options
  const stop = new AbortController()
  const cursor = openCursor(dataFolder, options.url)
  let queue: JournalEntry[] = []
  /** Entries that are not in the queue are in the journal alone. */
  let isBehind = true
  let wake: (() => void) | null = null
  let trouble: string | null = null

  async function work(): Promise<void> {
    while (!stop.signal.aborted) {
      if (isBehind) {
        isBehind = false
        queue = []
        for await (const piece of pieces(fromJournal(dataFolder, cursor.at() - MARGIN_MS))) {
          if (!(await deliver(piece))) return
        }
      } else if (queue.length > 0) {
        const piece = queue.slice(0, MAX_AT_ONCE)
        for await (const part of pieces(piece)) if (!(await deliver(part))) return
        queue = queue.slice(piece.length)
      } else await news()
    }
  }

  /** Until it is taken; false: it was stopped before. */
  async function deliver(entries: readonly JournalEntry[]): Promise<boolean> {
    let wait = FIRST_PAUSE_MS
    while (!stop.signal.aborted) {
      const why = await post(options, entries, stop.signal)
      if (why !== trouble) options.onTrouble(why)
      trouble = why
      if (why === null) {
        cursor.move(entries.reduce((latest, { at }) => Math.max(latest, at), 0))
        return true
      }
      await pause(wait, undefined, { signal: stop.signal, ref: false }).catch(() => undefined)
      wait = Math.min(LONGEST_PAUSE_MS, wait * 2)
    }
    return false
  }

  function news(): Promise<void> {
    return new Promise((resolve) => {
      wake = resolve
      if (stop.signal.aborted) resolve()
    })
  }

  /** Resolves when nothing waits, or nobody takes it. */
  async function sent(): Promise<void> {
    for (;;) {
      if (queue.length === 0 || trouble !== null || stop.signal.aborted) return
      await pause(20)
    }
  }

  const running = work()
  return {
    put(entry) {
      if (queue.length >= MAX_QUEUED) isBehind = true
      else if (!isBehind) queue.push(entry)
      wake?.()
    },
    async stop(timeoutMs) {
      await Promise.race([sent(), pause(timeoutMs, undefined, { ref: false })])
      stop.abort()
      wake?.()
      await running
    },
  }
}

async function* fromJournal(dataFolder: string, since: Instant): AsyncGenerator<JournalEntry> {
  for await (const entry of readJournal(dataFolder)) if (entry.at >= since) yield entry
}

/** Entries in deliveries that a server takes. */
async function* pieces(
  entries: AsyncIterable<JournalEntry> | Iterable<JournalEntry>,
): AsyncGenerator<readonly JournalEntry[]> {
  let piece: JournalEntry[] = []
  let length = 0
  for await (const entry of entries) {
    piece.push(entry)
    length += JSON.stringify(entryDocument(entry)).length
    if (piece.length < MAX_AT_ONCE && length < MAX_DELIVERY_CHARACTERS) continue
    yield piece
    piece = []
    length = 0
  }
  if (piece.length > 0) yield piece
}

/** Null: it was taken. */
async function post(
  { url, token, host, timeoutMs = TIMEOUT_MS }: SenderOptions,
  entries: readonly JournalEntry[],
  signal: AbortSignal,
): Promise<string | null> {
  try {
    const response = await fetch(
      new URL('api/deliveries', url.href.endsWith('/') ? url : `${url.href}/`),
      {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({
          schema: 'stella.delivery/1',
          host,
          entries: entries.map(entryDocument),
        }),
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      },
    )
    await response.body?.cancel()
    if (response.ok) return null
    return response.status === 401
      ? 'the server does not know this token'
      : `the server answered with status ${response.status}`
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError') {
      return 'the server did not answer in time'
    }
    const cause = error instanceof Error ? error.cause : null
    const code =
      typeof cause === 'object' && cause !== null && 'code' in cause
        ? ` (${String(cause.code)})`
        : ''
    return `the server cannot be reached${code}`
  }
}

interface Cursor {
  at(): Instant
  move(to: Instant): void
}

const kept = z.object({ url: z.string(), at: z.number() })

/** How far a server has got; it is written down, so that a new start sends what is new. */
function openCursor(dataFolder: string, url: URL): Cursor {
  const path = join(privateFolder(dataFolder), 'sent.json')
  const to = url.href
  let at = readCursor(path, to)
  return {
    at: () => at,
    move(next) {
      at = Math.max(at, next)
      writeDurably(path, `${JSON.stringify({ url: to, at })}\n`)
    },
  }
}

/** Another server has got nothing. */
function readCursor(path: string, url: string): Instant {
  try {
    const read = z.safeParse(kept, JSON.parse(readFileSync(path, 'utf8')))
    return read.success && read.data.url === url ? read.data.at : 0
  } catch {
    return 0
  }
}
