import type { Growth } from '../model/growth.ts'
import type { History } from './history.ts'
import { DAY_SECONDS, LONG_HISTORY_SECONDS } from './policy.ts'

export interface ConfidenceInputs {
  history: History
  growth: Growth
  /** Whether there is a need at all that was seen, by samples or by the kernel's mark. */
  observed: boolean
  killed: boolean
}

/** How sure a size is, 0 to 1: a week of what the kernel cannot take back, without a kill, is the best there is. */
export function confidenceOf({ history, growth, observed, killed }: ConfidenceInputs): number {
  if (!observed) return 0.2
  const time = byTime(history.watchedSeconds)
  const lives = history.lives >= 3 ? 0.05 : 0
  // Where the kernel's mark alone is known, nothing is mixed in that its sentence does not tell.
  const clean = history.measure === 'unreclaimable' || history.measure === null ? 1 : 0.7
  const shape = growth.kind === 'unknown' ? 0.8 : 1
  // What a killed life needed is not known: what was seen is less than the truth.
  const censored = killed ? 0.7 : 1
  return Math.round((time + lives) * clean * shape * censored * 100) / 100
}

function byTime(seconds: number): number {
  if (seconds >= LONG_HISTORY_SECONDS) return 0.9
  if (seconds >= DAY_SECONDS) return 0.7
  return seconds >= 3_600 ? 0.5 : 0.3
}
