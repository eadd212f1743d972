/** Cases as they are known a moment after a kill, when the engine has said its word. */
import type { Instant } from '../../model/time.ts'
import type { CaseEntry } from '../../store/cases.ts'

export interface SettledCases {
  take(entry: CaseEntry): void
  stop(): void
}

export interface SettledOptions {
  /** What happened before is recorded, and no news. */
  since: Instant
  /** Once for each incident. */
  onSettled(entry: CaseEntry): void
  /** There are too many at once for this one. */
  onMissed(): void
  settleMs?: number | undefined
}

/** An engine notices an end within this time, and is asked then. */
const SETTLE_MS = 3_000
const MOST_WAITING = 200

export function createSettledCases(options: SettledOptions): SettledCases {
  const { since, onSettled, onMissed, settleMs = SETTLE_MS } = options
  /** By their incidents; the first word says when it was. */
  const waiting = new Map<string, CaseEntry>()
  const timers = new Set<NodeJS.Timeout>()

  function settle(incident: string): void {
    const entry = waiting.get(incident)
    waiting.delete(incident)
    if (entry !== undefined) onSettled(entry)
  }

  return {
    take(entry) {
      const { incident, revision, at } = entry
      const known = waiting.get(incident)
      if (known !== undefined) waiting.set(incident, { ...entry, at: known.at })
      if (known !== undefined || revision > 1 || (entry.case.at ?? at) < since) return
      if (waiting.size >= MOST_WAITING) return onMissed()
      waiting.set(incident, entry)
      const timer = setTimeout(() => {
        timers.delete(timer)
        settle(incident)
      }, settleMs)
      timers.add(timer)
    },
    stop() {
      for (const timer of timers) clearTimeout(timer)
      waiting.clear()
    },
  }
}
