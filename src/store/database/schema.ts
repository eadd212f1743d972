/** The tables, and how they came to be: a migration that was released is never changed, only followed by another. */
import type { ColumnType, Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { scannerTables } from '../scanner/tables.ts'
import type { ScannerTables } from '../scanner/tables.ts'

export interface Tables extends ScannerTables {
  hosts: {
    id: string
    name: string
    first_seen: Date
    last_seen: Date
  }
  cases: {
    host_id: string
    incident: string
    revision: number
    case_id: string
    at: Date | null
    recorded_at: Date
    /** When it happened, or else when it was recorded: the order of lists. */
    sort_at: Date
    verdict: string
    confidence: string
    summary: string
    platform: string
    name: string | null
    subject_id: string | null
    image: string | null
    limit_bytes: number | null
    usage_bytes: number | null
    victim_pid: number | null
    victim_name: string | null
    /** Of the document, about. */
    bytes: number
    /** `stella.case/1`. */
    document: ColumnType<unknown, string, string>
  }
  warnings: {
    host_id: string
    at: Date
    path: string
    level: string
    platform: string
    name: string | null
    subject_id: string | null
    image: string | null
    says: string
    used_bytes: number
    limit_bytes: number
    seconds_to_limit: number | null
  }
  /** The last word of each source: what it sees, or why it does not. */
  sights: {
    host_id: string
    source: string
    at: Date
    what: string
    says: string
  }
  /** What an alerting system told. */
  alerts: {
    fingerprint: string
    starts_at: Date
    ends_at: Date | null
    heard_at: Date
    generator_url: string | null
    labels: Texts
    annotations: Texts
    /** Of labels and annotations, about. */
    bytes: number
  }
}

type Texts = ColumnType<Readonly<Record<string, string>>, string, string>

const first: Migration = {
  async up(db: Kysely<Tables>) {
    await db.schema
      .createTable('hosts')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('first_seen', 'timestamptz', (column) => column.notNull())
      .addColumn('last_seen', 'timestamptz', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('cases')
      .addColumn('host_id', 'text', (column) => column.notNull().references('hosts.id'))
      .addColumn('incident', 'text', (column) => column.notNull())
      .addColumn('revision', 'integer', (column) => column.notNull())
      .addColumn('case_id', 'text', (column) => column.notNull())
      .addColumn('at', 'timestamptz')
      .addColumn('recorded_at', 'timestamptz', (column) => column.notNull())
      .addColumn('sort_at', 'timestamptz', (column) => column.notNull())
      .addColumn('verdict', 'text', (column) => column.notNull())
      .addColumn('confidence', 'text', (column) => column.notNull())
      .addColumn('summary', 'text', (column) => column.notNull())
      .addColumn('platform', 'text', (column) => column.notNull())
      .addColumn('name', 'text')
      .addColumn('subject_id', 'text')
      .addColumn('image', 'text')
      .addColumn('limit_bytes', 'double precision')
      .addColumn('usage_bytes', 'double precision')
      .addColumn('victim_pid', 'integer')
      .addColumn('victim_name', 'text')
      .addColumn('bytes', 'integer', (column) => column.notNull())
      .addColumn('document', 'jsonb', (column) => column.notNull())
      .addPrimaryKeyConstraint('cases_key', ['host_id', 'incident'])
      .execute()
    await sql`create index cases_newest on cases (sort_at desc, host_id, incident)`.execute(db)
    await sql`create index cases_of_verdict on cases (verdict, sort_at desc)`.execute(db)
    // For the beginning of an id, whatever the collation of the database is.
    await sql`create index cases_id on cases (case_id text_pattern_ops)`.execute(db)
    await db.schema
      .createTable('warnings')
      .addColumn('host_id', 'text', (column) => column.notNull().references('hosts.id'))
      .addColumn('at', 'timestamptz', (column) => column.notNull())
      .addColumn('path', 'text', (column) => column.notNull())
      .addColumn('level', 'text', (column) => column.notNull())
      .addColumn('platform', 'text', (column) => column.notNull())
      .addColumn('name', 'text')
      .addColumn('subject_id', 'text')
      .addColumn('image', 'text')
      .addColumn('says', 'text', (column) => column.notNull())
      .addColumn('used_bytes', 'double precision', (column) => column.notNull())
      .addColumn('limit_bytes', 'double precision', (column) => column.notNull())
      .addColumn('seconds_to_limit', 'double precision')
      .addPrimaryKeyConstraint('warnings_key', ['host_id', 'path', 'at', 'level'])
      .execute()
    await sql`create index warnings_newest on warnings (at desc)`.execute(db)
    await db.schema
      .createTable('sights')
      .addColumn('host_id', 'text', (column) => column.notNull().references('hosts.id'))
      .addColumn('source', 'text', (column) => column.notNull())
      .addColumn('at', 'timestamptz', (column) => column.notNull())
      .addColumn('what', 'text', (column) => column.notNull())
      .addColumn('says', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('sights_key', ['host_id', 'source'])
      .execute()
  },
}

const alerts: Migration = {
  async up(db: Kysely<Tables>) {
    await db.schema
      .createTable('alerts')
      .addColumn('fingerprint', 'text', (column) => column.notNull())
      .addColumn('starts_at', 'timestamptz', (column) => column.notNull())
      .addColumn('ends_at', 'timestamptz')
      .addColumn('heard_at', 'timestamptz', (column) => column.notNull())
      .addColumn('generator_url', 'text')
      .addColumn('labels', 'jsonb', (column) => column.notNull())
      .addColumn('annotations', 'jsonb', (column) => column.notNull())
      .addColumn('bytes', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('alerts_key', ['fingerprint', 'starts_at'])
      .execute()
    await sql`create index alerts_newest on alerts (starts_at desc, fingerprint)`.execute(db)
    await sql`create index alerts_open on alerts (heard_at) where ends_at is null`.execute(db)
  },
}

/** In the order of their names. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-first': first,
  '0002-alerts': alerts,
  '0003-scanner': scannerTables,
}
