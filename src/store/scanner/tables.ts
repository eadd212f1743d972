/** The tables of the scanner. */
import type { ColumnType, Generated, GeneratedAlways, Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Attempt } from '../../model/scan-job.ts'

export interface ScannerTables {
  scanner_settings: { key: string; value: string }
  scanner_setting_changes: {
    id: Generated<number>
    key: string
    from_value: string | null
    to_value: string | null
    at: Date
    by: string
  }
  scanner_pools: {
    name: string
    memory: string | null
    count: number
    generation: number
    drain_ms: number
  }
  scanner_jobs: {
    id: string
    image: string
    platform: string | null
    priority: number
    timeout_ms: number | null
    reads_again: boolean
    state: string
    pool: string
    mode: string
    size_bytes: number | null
    note: string | null
    created_at: Date
    created_by: string
    started_at: Date | null
    ended_at: Date | null
    /** `Attempt`, the first one first. */
    attempts: ColumnType<Attempt[], string, string>
    /** Attempts before somebody asked for it again: they do not count any more. */
    forgotten: number
    packages: number | null
    problems: number | null
    digest: string | null
    document_bytes: number | null
    /** What its document takes as it is stored; null: there is none, or it was dropped. */
    packed_bytes: number | null
    /** Of the queue, that the next attempt belongs to; null: none is to come. */
    message_id: string | null
  }
  /** The SBOM of a job, packed, in parts. */
  scanner_documents: { job_id: string; part: number; bytes: Uint8Array }
  scanner_memory: {
    job_id: string
    attempt: number
    /** `AttemptMemory`. */
    memory: ColumnType<unknown, string, string>
  }
  scanner_layers: {
    job_id: string
    /** `ScannedLayer`, the lowest first. */
    layers: ColumnType<unknown, string, string>
  }
  scanner_workers: {
    host: string
    name: string
    pool: string
    seen_at: Date
    /** `WorkerView`. */
    view: ColumnType<unknown, string, string>
  }
  scanner_logs: {
    /** A text where it comes from a server. */
    id: GeneratedAlways<string | number>
    at: Date
    level: number
    pool: string | null
    worker: string | null
    job: string | null
    says: string
  }
  scanner_gates: { image: string; reason: string; job_id: string; since: Date }
  scanner_restarts: { pool: string; reason: string; count: number }
}

export const scannerTables: Migration = {
  async up(db: Kysely<ScannerTables>) {
    await db.schema
      .createTable('scanner_settings')
      .addColumn('key', 'text', (column) => column.primaryKey())
      .addColumn('value', 'text', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('scanner_setting_changes')
      .addColumn('id', 'integer', (column) => column.primaryKey().generatedAlwaysAsIdentity())
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('from_value', 'text')
      .addColumn('to_value', 'text')
      .addColumn('at', 'timestamptz', (column) => column.notNull())
      .addColumn('by', 'text', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('scanner_pools')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('memory', 'text')
      .addColumn('count', 'integer', (column) => column.notNull())
      .addColumn('generation', 'integer', (column) => column.notNull())
      .addColumn('drain_ms', 'double precision', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('scanner_jobs')
      .addColumn('id', 'uuid', (column) => column.primaryKey())
      .addColumn('image', 'text', (column) => column.notNull())
      .addColumn('platform', 'text')
      .addColumn('priority', 'integer', (column) => column.notNull())
      .addColumn('timeout_ms', 'double precision')
      .addColumn('reads_again', 'boolean', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('pool', 'text', (column) => column.notNull())
      .addColumn('mode', 'text', (column) => column.notNull())
      .addColumn('size_bytes', 'double precision')
      .addColumn('note', 'text')
      .addColumn('created_at', 'timestamptz', (column) => column.notNull())
      .addColumn('created_by', 'text', (column) => column.notNull())
      .addColumn('started_at', 'timestamptz')
      .addColumn('ended_at', 'timestamptz')
      .addColumn('attempts', 'jsonb', (column) => column.notNull())
      .addColumn('forgotten', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('packages', 'integer')
      .addColumn('problems', 'integer')
      .addColumn('digest', 'text')
      .addColumn('document_bytes', 'double precision')
      .addColumn('packed_bytes', 'double precision')
      .addColumn('message_id', 'uuid')
      .execute()
    await sql`create index scanner_jobs_newest on scanner_jobs (created_at desc, id desc)`.execute(
      db,
    )
    await sql`create index scanner_jobs_of_state on scanner_jobs (state, created_at desc, id desc)`.execute(
      db,
    )
    await sql`create index scanner_jobs_of_image on scanner_jobs (image, created_at desc)`.execute(
      db,
    )
    await sql`create index scanner_jobs_ended on scanner_jobs (ended_at, id) include (packed_bytes) where ended_at is not null`.execute(
      db,
    )
    await db.schema
      .createTable('scanner_documents')
      .addColumn('job_id', 'uuid', (column) =>
        column.notNull().references('scanner_jobs.id').onDelete('cascade'),
      )
      .addColumn('part', 'integer', (column) => column.notNull())
      .addColumn('bytes', 'bytea', (column) => column.notNull())
      .addPrimaryKeyConstraint('scanner_documents_key', ['job_id', 'part'])
      .execute()
    await db.schema
      .createTable('scanner_memory')
      .addColumn('job_id', 'uuid', (column) =>
        column.notNull().references('scanner_jobs.id').onDelete('cascade'),
      )
      .addColumn('attempt', 'integer', (column) => column.notNull())
      .addColumn('memory', 'jsonb', (column) => column.notNull())
      .addPrimaryKeyConstraint('scanner_memory_key', ['job_id', 'attempt'])
      .execute()
    await db.schema
      .createTable('scanner_layers')
      .addColumn('job_id', 'uuid', (column) =>
        column.primaryKey().references('scanner_jobs.id').onDelete('cascade'),
      )
      .addColumn('layers', 'jsonb', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('scanner_workers')
      .addColumn('host', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('pool', 'text', (column) => column.notNull())
      .addColumn('seen_at', 'timestamptz', (column) => column.notNull())
      .addColumn('view', 'jsonb', (column) => column.notNull())
      .addPrimaryKeyConstraint('scanner_workers_key', ['host', 'name'])
      .execute()
    await db.schema
      .createTable('scanner_logs')
      .addColumn('id', 'bigint', (column) => column.primaryKey().generatedAlwaysAsIdentity())
      .addColumn('at', 'timestamptz', (column) => column.notNull())
      .addColumn('level', 'smallint', (column) => column.notNull())
      .addColumn('pool', 'text')
      .addColumn('worker', 'text')
      .addColumn('job', 'text')
      .addColumn('says', 'text', (column) => column.notNull())
      .execute()
    await sql`create index scanner_logs_newest on scanner_logs (at desc)`.execute(db)
    await db.schema
      .createTable('scanner_gates')
      .addColumn('image', 'text', (column) => column.primaryKey())
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('job_id', 'uuid', (column) => column.notNull())
      .addColumn('since', 'timestamptz', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('scanner_restarts')
      .addColumn('pool', 'text', (column) => column.notNull())
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('count', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('scanner_restarts_key', ['pool', 'reason'])
      .execute()
  },
}
