/** What the server is about, as the room above gives it. */
import type { Case, CoursePoint } from '../model/case.ts'
import type { Check } from '../doctor/check.ts'
import type { CheckResult } from '../doctor/examine.ts'
import type { Instant } from '../model/time.ts'
import type { CaseRun } from '../runbooks/report/case-run.ts'
import type { Triggered } from '../runbooks/trigger/triggered.ts'
import type { ScannerDesk } from '../scanning/desk.ts'
import type { JournalEntry } from '../store/cases.ts'
import type { Alert, Database, HostIdentity, KeptAlert } from '../store/database/types.ts'
import type { Snapshot } from '../watch/row.ts'
import type { LabDesk } from './lab-desk.ts'
import type { RunbookDesk } from './runbook-desk.ts'

export interface Services {
  version: string
  now(): Instant
  database: Database
  live: Live
  /** It begins with the first thing that is asked of it. Null: this server has no scanner. */
  scanner: (() => Promise<ScannerDesk>) | null
  labs: LabDesk
  runbooks: RunbookDesk
  /** Runs of runbooks that a case has, newest first. */
  runsOf(found: Case): readonly CaseRun[]
  /** What was done lately where a runbook is for something that happened, newest first. */
  triggered(): readonly Triggered[]
  /** Looks at this server, its machine and its scanner. */
  examine(checks: readonly Check[]): Promise<readonly CheckResult[]>
  /** Takes what another host sent. */
  deliver(host: HostIdentity, entries: readonly JournalEntry[]): Promise<number>
  /** Takes what an alerting system told; gives how many were news. */
  takeAlerts(alerts: readonly Alert[]): Promise<number>
}

/** What is seen on this machine. */
export interface Live {
  /** The last round; null: this server watches nothing itself, or has not begun. */
  snapshot(): Snapshot | null
  /** The last minutes of a group; null: nobody has seen it. */
  course(path: string): readonly CoursePoint[] | null
  /** What cannot be seen at the moment, one sentence each. */
  blind(): readonly string[]
  /** Entries and alerts as they are taken, and a word after each round. Gives the way out. */
  subscribe(listener: (news: News) => void): () => void
}

export type News =
  | { kind: 'entry'; host: HostIdentity; entry: JournalEntry }
  | { kind: 'alert'; alert: KeptAlert }
  | { kind: 'round' }
  /** A line of its journal was written. */
  | { kind: 'run'; run: string; step: string | null }
