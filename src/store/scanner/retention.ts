/** What is dropped when there is too much of it, or it is too old: jobs, documents, lines of the log. The oldest go first. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Instant } from '../../model/time.ts'
import type { ScannerTables } from './tables.ts'

/** What is kept at most. */
export interface ScannerRetention {
  jobAgeMs: number
  jobs: number
  documentBytes: number
  logAgeMs: number
}

export interface Dropped {
  jobs: number
  /** Of jobs that are still there. */
  documents: number
  lines: number
}

export interface KeptFigures {
  /** That have ended. */
  jobs: number
  /** When the oldest of them ended. */
  oldestJob: Instant | null
  documents: number
  /** As they are stored. */
  documentBytes: number
  oldestLine: Instant | null
}

export interface RetentionStore {
  /**
   * Drops what is too much, a little at a time, so that others have their turn. A job that has not ended stays, and an
   * image that is blocked stays so. The newest good job of an image goes only where nothing else is left to drop.
   */
  sweep(retention: ScannerRetention, now: Instant, signal: AbortSignal): Promise<Dropped>
  kept(): Promise<KeptFigures>
}

const AT_ONCE = 250
const LINES_AT_ONCE = 2_000
/** Between two statements: whoever waits comes first. */
const BREATH_MS = 10

const TABLES = [
  'scanner_jobs',
  'scanner_documents',
  'scanner_memory',
  'scanner_layers',
  'scanner_logs',
] as const

interface Candidate {
  id: string
  endedAt: Date
  packedBytes: number | null
  /** The newest good job of its image, or the one that blocks it. */
  isLastWord: boolean
}

/** @param vacuums whether nobody else gives the room of dropped rows back: the embedded engine has no one */
export function retentionOn(
  db: Kysely<ScannerTables>,
  { vacuums }: { vacuums: boolean },
): RetentionStore {
  /** Ended jobs, the oldest first, in pages. What is dropped meanwhile is not asked for again. */
  async function* ended(signal: AbortSignal): AsyncGenerator<readonly Candidate[]> {
    let [at, id] = [new Date(0), '00000000-0000-0000-0000-000000000000']
    while (!signal.aborted) {
      const { rows } = await sql<Candidate>`
        select id, ended_at as "endedAt", packed_bytes as "packedBytes",
          exists (select from scanner_gates where job_id = job.id) or state = 'done' and not exists (
            select from scanner_jobs as newer
            where newer.image = job.image and newer.state = 'done' and (newer.ended_at, newer.id) > (job.ended_at, job.id)
          ) as "isLastWord"
        from scanner_jobs as job
        where ended_at is not null and (ended_at, id) > (${at}, ${id}::uuid)
        order by ended_at, id limit ${AT_ONCE}
      `.execute(db)
      yield rows
      const last = rows.at(-1)
      if (last === undefined || rows.length < AT_ONCE) return
      ;[at, id] = [last.endedAt, last.id]
      await pause(BREATH_MS)
    }
  }

  /** Somebody may have asked for one of them again a moment ago: it has not ended then. */
  async function dropJobs(ids: readonly string[]): Promise<number> {
    if (ids.length === 0) return 0
    const { numDeletedRows } = await db
      .deleteFrom('scanner_jobs')
      .where('id', 'in', ids)
      .where('ended_at', 'is not', null)
      .executeTakeFirst()
    return Number(numDeletedRows)
  }

  async function dropDocuments(ids: readonly string[]): Promise<number> {
    if (ids.length === 0) return 0
    const { numUpdatedRows } = await db.transaction().execute(async (work) => {
      const dropped = await work
        .updateTable('scanner_jobs')
        .set({ packed_bytes: null })
        .where('id', 'in', ids)
        .where('ended_at', 'is not', null)
        .executeTakeFirst()
      await work
        .deleteFrom('scanner_documents')
        .where('job_id', 'in', (select) =>
          select
            .selectFrom('scanner_jobs')
            .select('id')
            .where('id', 'in', ids)
            .where('packed_bytes', 'is', null),
        )
        .execute()
      return dropped
    })
    return Number(numUpdatedRows)
  }

  async function sweepJobs(
    { jobAgeMs, jobs: most }: ScannerRetention,
    now: Instant,
    signal: AbortSignal,
  ): Promise<number> {
    let over = (await kept()).jobs - most
    let dropped = 0
    const before = now - jobAgeMs
    for await (const page of ended(signal)) {
      const aged = page.filter(({ endedAt }) => endedAt.getTime() < before)
      if (aged.length === 0 && over <= 0) break
      const others = page.filter(({ isLastWord }) => !isLastWord)
      const gone = others.filter((each, at) => each.endedAt.getTime() < before || at < over)
      const count = await dropJobs(gone.map(({ id }) => id))
      over -= count
      dropped += count
    }
    // There are more images than jobs may be.
    for await (const page of over > 0 ? ended(signal) : []) {
      const count = await dropJobs(page.slice(0, over).map(({ id }) => id))
      over -= count
      dropped += count
      if (over <= 0) break
    }
    return dropped
  }

  async function sweepDocuments(
    { documentBytes: most }: ScannerRetention,
    signal: AbortSignal,
  ): Promise<number> {
    let over = (await kept()).documentBytes - most
    let dropped = 0
    for (const evenLastWords of [false, true]) {
      for await (const page of over > 0 ? ended(signal) : []) {
        const gone: string[] = []
        for (const { id, packedBytes, isLastWord } of page) {
          if (packedBytes === null || over <= 0 || (isLastWord && !evenLastWords)) continue
          gone.push(id)
          over -= packedBytes
        }
        dropped += await dropDocuments(gone)
        if (over <= 0) break
      }
    }
    return dropped
  }

  async function sweepLines(
    { logAgeMs }: ScannerRetention,
    now: Instant,
    signal: AbortSignal,
  ): Promise<number> {
    let dropped = 0
    while (!signal.aborted) {
      const { numAffectedRows = 0n } = await sql`
        delete from scanner_logs where id in (
          select id from scanner_logs where at < ${new Date(now - logAgeMs)} order by at limit ${LINES_AT_ONCE}
        )
      `.execute(db)
      dropped += Number(numAffectedRows)
      if (Number(numAffectedRows) < LINES_AT_ONCE) break
      await pause(BREATH_MS)
    }
    return dropped
  }

  async function kept(): Promise<KeptFigures> {
    const [jobs, lines] = await Promise.all([
      db
        .selectFrom('scanner_jobs')
        .select([
          sql<string>`count(*)`.as('jobs'),
          sql<Date | null>`min(ended_at)`.as('oldest'),
          sql<string>`count(packed_bytes)`.as('documents'),
          sql<number | null>`sum(packed_bytes)`.as('bytes'),
        ])
        .where('ended_at', 'is not', null)
        .executeTakeFirstOrThrow(),
      db
        .selectFrom('scanner_logs')
        .select(sql<Date | null>`min(at)`.as('oldest'))
        .executeTakeFirstOrThrow(),
    ])
    return {
      jobs: Number(jobs.jobs),
      oldestJob: jobs.oldest?.getTime() ?? null,
      documents: Number(jobs.documents),
      documentBytes: jobs.bytes ?? 0,
      oldestLine: lines.oldest?.getTime() ?? null,
    }
  }

  return {
    kept,
    async sweep(retention, now, signal) {
      const dropped = {
        jobs: await sweepJobs(retention, now, signal),
        documents: await sweepDocuments(retention, signal),
        lines: await sweepLines(retention, now, signal),
      }
      if (vacuums && dropped.jobs + dropped.documents + dropped.lines > 0) {
        for (const table of TABLES) {
          await sql`vacuum ${sql.table(table)}`.execute(db)
        }
      }
      return dropped
    },
  }
}
