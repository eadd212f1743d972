/** What `stella serve` keeps: the entries of one or many hosts, in an embedded database or a PostgreSQL server. */
import type { Case, VerdictCode } from '../../model/case.ts'
import type { Subject } from '../../model/subject.ts'
import type { Instant } from '../../model/time.ts'
import type { WarningLevel } from '../../model/warning.ts'
import type { JournalEntry } from '../cases.ts'
import type { ScannerStore } from '../scanner/open.ts'
import type { QueueOptions } from '../scanner/queue.ts'

/** A machine that is watched. */
export interface HostIdentity {
  /** Stays the same through restarts and renaming: derived from the machine id, which is itself not told. */
  id: string
  name: string
}

export interface KnownHost extends HostIdentity {
  firstSeen: Instant
  lastSeen: Instant
  /** Its last words about what it sees: `blind` with the reason, or null. */
  blind: string | null
}

/** A case in a list. */
export interface CaseSummary {
  id: string
  incident: string
  revision: number
  host: HostIdentity
  at: Instant | null
  recordedAt: Instant
  subject: Subject
  verdict: { code: VerdictCode; confidence: Case['verdict']['confidence']; summary: string }
  limitBytes: number | null
  usageBytes: number | null
  /** The first victim. */
  victim: { pid: number; name: string } | null
}

export interface KeptCase extends CaseSummary {
  case: Case
}

export interface CaseQuery {
  /** At most 500. */
  limit: number
  /** `next` of the page before. */
  after?: string | undefined
  verdict?: VerdictCode | undefined
  /** A part of the subject's name, its id, or its image. */
  search?: string | undefined
  host?: string | undefined
  since?: Instant | undefined
}

export interface KeptWarning {
  host: HostIdentity
  at: Instant
  subject: Subject
  path: string | null
  level: WarningLevel
  says: string
  usedBytes: number
  limitBytes: number
  secondsToLimit: number | null
}

/** How many cases there are of each verdict, over all time that is kept. */
export type CaseCounts = ReadonlyMap<VerdictCode, number>

export interface Retention {
  maxAgeMs: number
  /** Of the whole database, about. */
  maxBytes: number
}

/** What an alerting system told: an alert from its beginning to its end. */
export interface Alert {
  /** Of its labels. Together with its beginning it names the alert. */
  fingerprint: string
  startsAt: Instant
  /** Null: it has not ended. */
  endsAt: Instant | null
  labels: Readonly<Record<string, string>>
  annotations: Readonly<Record<string, string>>
  /** Where its rule can be looked at; null: nowhere. */
  generatorUrl: string | null
}

/** `lost`: nobody said that it ended, and nobody has told of it for a day. */
export const ALERT_STATES = ['firing', 'resolved', 'lost'] as const

export interface KeptAlert extends Alert {
  heardAt: Instant
  state: (typeof ALERT_STATES)[number]
  /** The latest case of what it is about, from an hour before it on; null: there is none. */
  case: CaseSummary | null
}

export interface AlertQuery {
  /** At most 500. */
  limit: number
  state?: KeptAlert['state'] | undefined
  now: Instant
}

export interface Database {
  /**
   * Takes the entries of a host, in one transaction. What is there already is left out, so that a sender may try again: each entry
   * counts once. A later revision of a case replaces the earlier one.
   *
   * @returns those that were new
   * @throws StellaError (unreachable) where the database does not answer; nothing was taken then
   */
  take(host: HostIdentity, entries: readonly JournalEntry[]): Promise<readonly JournalEntry[]>
  /** Newest first. */
  cases(query: CaseQuery): Promise<{ cases: readonly CaseSummary[]; next: string | null }>
  /** By its id, or the beginning of it where that names one alone; null: there is none. */
  case(id: string): Promise<KeptCase | null>
  /** Newest first; `path` of one group alone. */
  warnings(query: {
    limit: number
    host?: string | undefined
    path?: string | undefined
    since?: Instant | undefined
  }): Promise<readonly KeptWarning[]>
  /**
   * Takes alerts, in one transaction. Of each the last word counts: one that ended may fire again.
   *
   * @returns those that are new, or whose state changed
   */
  takeAlerts(alerts: readonly Alert[], now: Instant): Promise<readonly KeptAlert[]>
  /** Those that fire first, and of them the newest. */
  alerts(query: AlertQuery): Promise<readonly KeptAlert[]>
  /** How many fire. */
  firing(now: Instant): Promise<number>
  counts(): Promise<CaseCounts>
  hosts(): Promise<readonly KnownHost[]>
  /** Drops what is too old, and the oldest where it is too large; gives how many cases went. */
  tidy(now: Instant, retention: Retention): Promise<number>
  /** What the scanner keeps here, and its queue; the same each time. It is closed with the database. */
  scanner(options: QueueOptions): Promise<ScannerStore>
  /** Whether anybody has asked anything of the scanner yet. */
  hasScannerWork(): Promise<boolean>
  /** Whether it answers. */
  ping(): Promise<boolean>
  close(): Promise<void>
}
