/** How often somebody is told of the same subject: at once, and then with what came since. */
import { keepNewest } from '../../model/newest.ts'

export interface Rate {
  /** How many were held back since the last one that was told; null: this one is held back, too. */
  admit(subject: string, nowMs: number): number | null
}

/** One notification for a subject in this time: a restart loop is one piece of news. */
const PAUSE_MS = 5 * 60_000
const MAX_SUBJECTS = 5_000

export function createRate(pauseMs: number = PAUSE_MS): Rate {
  const last = new Map<string, { at: number; held: number }>()
  return {
    admit(subject, nowMs) {
      const known = last.get(subject)
      if (known !== undefined && nowMs - known.at < pauseMs) {
        known.held++
        return null
      }
      keepNewest(last, subject, { at: nowMs, held: 0 }, MAX_SUBJECTS)
      return known?.held ?? 0
    },
  }
}
