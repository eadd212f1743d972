/** What is asked of jobs: that there be one, that it end, that it begin anew. */
import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import { endedAttempts, ended, isEnded, jobOf, lockedJob, noteOf } from './job-rows.ts'
import type { JobRecovery, JobRequests } from './job-types.ts'
import type { JobQueue, Line } from './queue.ts'
import type { ScannerTables } from './tables.ts'

export function jobRequests(db: Kysely<ScannerTables>, queue: JobQueue): JobRequests & JobRecovery {
  async function lineOf(id: string): Promise<Line | null> {
    const row = await db
      .selectFrom('scanner_jobs')
      .select('pool')
      .where('id', '=', id)
      .executeTakeFirst()
    return row === undefined ? null : queue.line(row.pool)
  }

  return {
    async submit(job) {
      const id = randomUUID()
      const { pool, priority } = job
      const line = await queue.line(pool)
      return db.transaction().execute(async (work) => {
        const message = await queue.send(work, line, { job: id, priority, delayMs: 0 })
        const row = await work
          .insertInto('scanner_jobs')
          .values({
            id,
            image: job.image,
            platform: job.platform,
            priority,
            timeout_ms: job.timeoutMs,
            reads_again: job.readsAgain,
            state: 'queued',
            pool,
            mode: job.mode,
            size_bytes: job.sizeBytes,
            note: noteOf(job.note),
            created_at: new Date(job.createdAt),
            created_by: job.createdBy,
            attempts: '[]',
            forgotten: 0,
            message_id: message,
          })
          .returningAll()
          .executeTakeFirstOrThrow()
        return jobOf(row)
      })
    },
    async cancel(id, at) {
      const line = await lineOf(id)
      return db.transaction().execute(async (work) => {
        const row = await lockedJob(work, id)
        if (row === null || isEnded(row)) return null
        if (row.message_id !== null && line !== null) await queue.drop(line, row.message_id, work)
        const end = {
          outcome: 'cancelled',
          says: 'it was cancelled',
          peakBytes: null,
          caseId: null,
        } as const
        const last = row.attempts.findLast(({ endedAt }) => endedAt === null)
        const attempts = endedAttempts(row.attempts, last?.number ?? 0, { ...end, endedAt: at })
        const changed = await work
          .updateTable('scanner_jobs')
          .set({ ...ended('cancelled', { endedAt: at }, attempts), note: null })
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirstOrThrow()
        return jobOf(changed)
      })
    },
    async recover() {
      const rows = await db
        .selectFrom('scanner_jobs')
        .select(['id', 'pool'])
        .where('state', '=', 'running')
        .execute()
      for (const { id, pool } of rows) {
        const line = await queue.line(pool)
        await db.transaction().execute(async (work) => {
          const row = await lockedJob(work, id)
          if (row?.state !== 'running' || row.message_id === null) return
          await queue.giveBack(line, row.message_id, work)
          await work
            .updateTable('scanner_jobs')
            .set({ state: 'queued' })
            .where('id', '=', id)
            .execute()
        })
      }
      return rows.length
    },
    async retry(id, { pool, mode, note, sizeBytes }) {
      const line = await queue.line(pool)
      return db.transaction().execute(async (work) => {
        const row = await lockedJob(work, id)
        if (row === null || !isEnded(row)) return null
        const message = await queue.send(work, line, {
          job: id,
          priority: row.priority,
          delayMs: 0,
        })
        await work.deleteFrom('scanner_documents').where('job_id', '=', id).execute()
        await work.deleteFrom('scanner_layers').where('job_id', '=', id).execute()
        const changed = await work
          .updateTable('scanner_jobs')
          .set({
            state: 'queued',
            pool,
            mode,
            note: noteOf(note),
            size_bytes: sizeBytes,
            ended_at: null,
            packages: null,
            problems: null,
            digest: null,
            document_bytes: null,
            packed_bytes: null,
            forgotten: row.attempts.at(-1)?.number ?? 0,
            message_id: message,
          })
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirstOrThrow()
        return jobOf(changed)
      })
    },
  }
}
