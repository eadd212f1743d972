/** Puts entries into the database, in their order, and tries again while it does not answer. */
import { setTimeout as pause } from 'node:timers/promises'
import { StellaError } from '../../model/errors.ts'
import type { Instant } from '../../model/time.ts'
import type { JournalEntry } from '../../store/cases.ts'

export interface Intake {
  /** Puts it into the queue. Never waits. */
  put(entry: JournalEntry): void
  /** Resolves when the queue is empty, or the time is up. */
  flush(timeoutMs: number): Promise<void>
}

export interface IntakeOptions {
  /** @throws StellaError while the database does not answer */
  take(entries: readonly JournalEntry[]): Promise<void>
  /** Takes from the journal what was written down from then on. Throws as `take` does. */
  takeAgain(since: Instant): Promise<void>
  /** Told once for each change; null: it answers again. */
  onTrouble(why: string | null): void
  /** Entries that are held while the database is away; what is more is taken from the journal afterwards. */
  mostWaiting?: number
}

/** In one transaction. */
const MAX_AT_ONCE = 200
const MOST_WAITING = 2_000
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 10_000

export function createIntake(options: IntakeOptions): Intake {
  const { take, takeAgain, onTrouble, mostWaiting = MOST_WAITING } = options
  const waiting: JournalEntry[] = []
  /** When the first of those was written down that found no room. */
  let missedSince: Instant | null = null
  let running: Promise<void> | null = null
  let trouble: string | null = null
  const ended = new AbortController()

  function miss(since: Instant): void {
    missedSince = Math.min(since, missedSince ?? since)
  }

  async function takeWaiting(): Promise<void> {
    const piece = waiting.splice(0, MAX_AT_ONCE)
    try {
      await take(piece)
    } catch (error) {
      waiting.unshift(...piece)
      throw error
    }
  }

  async function takeMissed(since: Instant): Promise<void> {
    missedSince = null
    try {
      await takeAgain(since)
    } catch (error) {
      miss(since)
      throw error
    }
  }

  async function work(): Promise<void> {
    let wait = FIRST_PAUSE_MS
    while (!ended.signal.aborted && (waiting.length > 0 || missedSince !== null)) {
      try {
        if (waiting.length > 0 || missedSince === null) await takeWaiting()
        else await takeMissed(missedSince)
        wait = FIRST_PAUSE_MS
        if (trouble !== null) onTrouble(null)
        trouble = null
      } catch (error) {
        if (!(error instanceof StellaError)) throw error
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
      if (waiting.length < mostWaiting) waiting.push(entry)
      else miss(entry.at)
      running ??= work()
    },
    async flush(timeoutMs) {
      if (running !== null)
        await Promise.race([running, pause(timeoutMs, undefined, { ref: false })])
      ended.abort()
    },
  }
}
