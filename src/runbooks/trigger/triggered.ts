import type { Instant } from '../../model/time.ts'
import type { RunOrigin } from '../run/event.ts'

/** What became of a case or an alert for which there is a runbook. */
export interface Triggered {
  at: Instant
  origin: RunOrigin
  runbook: string
  did: 'opened' | 'seen-again' | 'left-out'
  /** Null: there is none, or it has not begun yet. */
  run: string | null
  /** Why it was left out. */
  why: string | null
  /** Runbooks that are for it, too. */
  others: readonly string[]
  /** Values that were not passed on, and those that nobody knows. */
  left: readonly string[]
}
