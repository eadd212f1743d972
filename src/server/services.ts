/** What the server is about, as the room above gives it. */
import type { CoursePoint } from '../model/case.ts'
import type { Instant } from '../model/time.ts'
import type { ScannerDesk } from '../scanning/desk.ts'
import type { JournalEntry } from '../store/cases.ts'
import type { Alert, Database, HostIdentity, KeptAlert } from '../store/database/types.ts'
import type { Snapshot } from '../watch/row.ts'

export interface Services {
  version: string
  now(): Instant
  database: Database
  live: Live
  /** It begins with the first thing that is asked of it. Null: this server has no scanner. */
  scanner: (() => Promise<ScannerDesk>) | null
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
