import type { Case } from '../../model/case.ts'
import type { Instant } from '../../model/time.ts'
import type { Warning } from '../../model/warning.ts'

/** What one incident came to. */
export interface CaseEntry {
  kind: 'case'
  /** When it was written down; `case.at` is when it happened. */
  at: Instant
  /** Names the incident, whatever its case is judged to be: the same one has the same key. */
  incident: string
  /** What else names it: where it joins several reports of the kernel, the names of the others. */
  also?: readonly string[] | undefined
  /** A later revision of an incident replaces the earlier one. */
  revision: number
  case: Case
}

export interface WarningEntry {
  kind: 'warning'
  at: Instant
  warning: Warning
}

/** When there was a watch, and what it could not see. */
export interface WatchEntry {
  kind: 'watch'
  at: Instant
  what: 'started' | 'stopped' | 'blind' | 'sees'
  /** Which source became blind or sees again, `kernel log`, `docker`; null: the watch as a whole. */
  source: string | null
  says: string
}

/** What `stella watch` wrote down. */
export type JournalEntry = CaseEntry | WarningEntry | WatchEntry
