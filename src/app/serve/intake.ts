/** Puts entries into the database, in their order, and tries again while it does not answer. */
import { setTimeout as pause } from 'node:timers/promises'
import { StellaError } from '../../model/errors.ts'
import type { JournalEntry } from '../../store/cases.ts'
import type { Database, HostIdentity } from '../../store/database/types.ts'

export interface Intake {
  /** Puts it into the queue. Never waits. */
  put(entry: JournalEntry): void
  /** Resolves when the queue is empty, or the time is up. */
  flush(timeoutMs: number): Promise<void>
}

export interface IntakeOptions {
  database: Database
  host: HostIdentity
  /** Told once for each change; null: it answers again. */
  onTrouble(why: string | null): void
}

/** In one transaction. */
const MAX_AT_ONCE = 200
/** What waits while the database is away; the journal keeps everything, and is read again at the next start. */
const MAX_WAITING = 20_000
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 10_000

export function createIntake({ database, host, onTrouble }: IntakeOptions): Intake {
  const waiting: JournalEntry[] = []
  let running: Promise<void> | null = null
  let trouble: string | null = null
  const ended = new AbortController()

  async function work(): Promise<void> {
    let wait = FIRST_PAUSE_MS
    while (waiting.length > 0 && !ended.signal.aborted) {
      const piece = waiting.splice(0, MAX_AT_ONCE)
      try {
        await database.take(host, piece)
        wait = FIRST_PAUSE_MS
        if (trouble !== null) onTrouble(null)
        trouble = null
      } catch (error) {
        if (!(error instanceof StellaError)) throw error
        waiting.unshift(...piece)
        if (trouble === null) onTrouble(error.message)
        trouble = error.message
        await pause(wait, undefined, { ref: false })
        wait = Math.min(LONGEST_PAUSE_MS, wait * 2)
      }
    }
    running = null
  }

  return {
    put(entry) {
      waiting.push(entry)
      if (waiting.length > MAX_WAITING) waiting.shift()
      running ??= work()
    },
    async flush(timeoutMs) {
      if (running !== null)
        await Promise.race([running, pause(timeoutMs, undefined, { ref: false })])
      ended.abort()
    },
  }
}
