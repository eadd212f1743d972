/** Sends the entries of this host's journal to a server: each arrives, also where the server is away for days. */
import { setTimeout as pause } from 'node:timers/promises'
import { KIB } from '../../model/bytes.ts'
import { endOfWatched, readWatched } from '../../store/cases.ts'
import type { JournalEntry, Passed } from '../../store/cases.ts'
import { entryDocument } from '../../store/cases/entry-json.ts'
import type { HostIdentity } from '../../store/database/types.ts'
import { openCursor } from './cursor.ts'
import { deliverOnce } from './delivery.ts'

export interface Sender {
  /** An entry that is in the journal now, or waits for room on the disk. Never waits. */
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
  /** What the server will not get, in one sentence. */
  onLost(says: string): void
  timeoutMs?: number
}

/** In one delivery. Proxies often take a megabyte; a case alone is some ten kilobytes, and that at most. */
const MAX_AT_ONCE = 100
const MAX_DELIVERY_CHARACTERS = 512 * KIB
/** Entries in mind while the server takes them; beyond it, and while it does not, the journal has them all. */
const MAX_QUEUED = 200
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000
const TIMEOUT_MS = 20_000

const GAP = 'entries were dropped from the journal, which was full, before the server took them'

export function startSender(options: SenderOptions): Sender {
  const { dataFolder, onLost } = options
  const destination = { timeoutMs: TIMEOUT_MS, ...options }
  const stop = new AbortController()
  const cursor = openCursor(dataFolder, options.url)
  let queue: JournalEntry[] = []
  /** There is more in the journal than in the queue. */
  let isBehind = true
  let isIdle = false
  let wake: () => void = () => undefined
  let trouble: string | null = null

  async function work(): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        if (isBehind) await catchUp()
        else if (queue.length > 0) await send(takeQueue())
        else await news()
      } catch (error) {
        isBehind = true
        await waitFor(`the journal of cases cannot be read (${String(error)})`, LONGEST_PAUSE_MS)
      }
    }
    cursor.close()
  }

  function catchUp(): Promise<void> {
    isBehind = false
    queue = []
    return send(readWatched(dataFolder, cursor.at()))
  }

  /** All of the queue; what is written down meanwhile stands behind the place that this leads to. */
  function takeQueue(): Passed[] {
    const from = cursor.at()
    const end = endOfWatched(dataFolder)
    const taken = queue
    queue = []
    return taken.map((entry, at) => {
      const after = at === taken.length - 1 ? end : from
      return { entry, after, isAfterGap: false }
    })
  }

  async function send(passed: AsyncIterable<Passed> | Iterable<Passed>): Promise<void> {
    let piece: string[] = []
    let characters = 0
    let upTo = cursor.at()
    const finish = async (): Promise<void> => {
      await deliver(piece)
      if (!stop.signal.aborted) cursor.move(upTo)
      piece = []
      characters = 0
    }
    for await (const { entry, after, isAfterGap } of passed) {
      // A segment that was read to its end may go without being missed.
      if (isFull(piece, characters) || after.segment !== upTo.segment) await finish()
      if (stop.signal.aborted) return
      if (isAfterGap) onLost(GAP)
      upTo = after
      if (entry === null) continue
      const text = JSON.stringify(entryDocument(entry))
      piece.push(text)
      characters += text.length
    }
    await finish()
  }

  /** Returns when it is taken, or the sender is stopped. */
  async function deliver(entries: readonly string[]): Promise<void> {
    if (entries.length === 0) return
    for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(LONGEST_PAUSE_MS, wait * 2)) {
      const outcome = await deliverOnce(destination, entries, stop.signal)
      if (stop.signal.aborted) return
      if (outcome.kind === 'trouble') {
        await waitFor(outcome.why, wait)
        if (stop.signal.aborted) return
        continue
      }
      tell(null)
      if (outcome.kind === 'too-large') return deliverLess(entries)
      if (outcome.refused > 0) onLost(`the server does not understand ${outcome.refused} entries`)
      return
    }
  }

  async function deliverLess(entries: readonly string[]): Promise<void> {
    const half = Math.ceil(entries.length / 2)
    if (entries.length > 1) {
      await deliver(entries.slice(0, half))
      await deliver(entries.slice(half))
    } else onLost('an entry is larger than the server, or a proxy before it, takes')
  }

  /** Many agents that lost one server must not come back at one moment. */
  async function waitFor(why: string, mostMs: number): Promise<void> {
    tell(why)
    const ms = mostMs * (0.5 + Math.random() / 2)
    await pause(ms, undefined, { signal: stop.signal, ref: false }).catch(() => undefined)
  }

  function tell(why: string | null): void {
    if (why !== trouble) options.onTrouble(why)
    trouble = why
  }

  /** And somebody takes it. */
  function hasMore(): boolean {
    return trouble === null && (!isIdle || isBehind || queue.length > 0)
  }

  async function news(): Promise<void> {
    isIdle = true
    await new Promise<void>((resolve) => (wake = resolve))
    isIdle = false
  }

  const running = work()
  return {
    put(entry) {
      if (trouble !== null || queue.length >= MAX_QUEUED || isJournalWhole(entry)) {
        isBehind = true
        queue = []
      } else if (!isBehind) queue.push(entry)
      wake()
    },
    async stop(timeoutMs) {
      const end = performance.now() + timeoutMs
      while (hasMore() && performance.now() < end) await pause(20)
      stop.abort()
      wake()
      await running
    },
  }
}

function isFull(piece: readonly string[], characters: number): boolean {
  return piece.length >= MAX_AT_ONCE || characters >= MAX_DELIVERY_CHARACTERS
}

/** What waited for room on the disk is behind it now. */
function isJournalWhole(entry: JournalEntry): boolean {
  return entry.kind === 'watch' && entry.source === 'journal' && entry.what === 'sees'
}
