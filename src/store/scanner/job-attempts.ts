/** What a taker does with a job. A job and its message change in one transaction. */
import type { Kysely } from 'kysely'
import type { Attempt } from '../../model/scan-job.ts'
import { cleanJson } from '../database/clean.ts'
import { keepDocument } from './documents.ts'
import {
  ended,
  endedAttempts,
  goneInARow,
  isEnded,
  jobOf,
  lockedJob,
  noteOf,
  withAttempt,
  withoutOpen,
} from './job-rows.ts'
import type { AttemptEnd, JobRow, Work } from './job-rows.ts'
import type { JobAttempts, LastWord, SettledEnd, TakenJob, Taker } from './job-types.ts'
import { keepLayers, keepMemory } from './profiles.ts'
import type { JobQueue, TakenMessage } from './queue.ts'
import type { ScannerTables } from './tables.ts'

export function jobAttempts(db: Kysely<ScannerTables>, queue: JobQueue): JobAttempts {
  /** Carries out a change of a job that is still the taker's. */
  function settle(
    { job, attempt, message }: TakenJob,
    { memory, ...end }: SettledEnd,
    change: (work: Work, attempts: string) => Promise<void>,
  ): Promise<boolean> {
    return db.transaction().execute(async (work) => {
      const row = await lockedJob(work, job.id)
      if (row === null || !isHeld(row, attempt, message)) return false
      await change(work, endedAttempts(row.attempts, attempt.number, end))
      if (memory !== null) await keepMemory(work, job.id, attempt.number, memory)
      await queue.settle(message, work)
      return true
    })
  }

  return {
    async take(pool, by) {
      const line = await queue.line(pool)
      for (;;) {
        const taken = await db.transaction().execute(async (work) => {
          const message = await queue.take(line, work)
          if (message === null) return null
          const begun = await begin(work, message, pool, by)
          if (begun === null) await queue.settle(message, work)
          return begun ?? OF_NO_USE
        })
        if (taken !== OF_NO_USE) return taken
      }
    },
    async touch({ job, attempt, message }) {
      const row = await db
        .selectFrom('scanner_jobs')
        .selectAll()
        .where('id', '=', job.id)
        .executeTakeFirst()
      if (row === undefined || !isHeld(row, attempt, message)) return false
      await queue.touch(message)
      return true
    },
    done: (taken, end, { result, layers, document }) =>
      settle(taken, end, async (work, attempts) => {
        const { id, image } = taken.job
        const packedBytes = await keepDocument(work, id, document)
        await keepLayers(work, id, layers)
        await work
          .updateTable('scanner_jobs')
          .set({
            ...ended('done', end, attempts),
            note: null,
            packages: result.packages,
            problems: result.problems,
            digest: result.digest,
            document_bytes: result.bytes,
            packed_bytes: packedBytes,
          })
          .where('id', '=', id)
          .execute()
        if (taken.attempt.mode === 'partial') await block(work, taken.job, 'scan-partial', end)
        else await work.deleteFrom('scanner_gates').where('image', '=', image).execute()
      }),
    async again(taken, end, { pool, mode, note, delayMs }) {
      const line = await queue.line(pool)
      return settle(taken, end, async (work, attempts) => {
        const { id, priority } = taken.job
        const message = await queue.send(work, line, { job: id, priority, delayMs })
        await work
          .updateTable('scanner_jobs')
          .set({ state: 'queued', pool, mode, note: noteOf(note), attempts, message_id: message })
          .where('id', '=', id)
          .execute()
      })
    },
    over: (taken, end, last) =>
      settle(taken, end, (work, attempts) => endJob(work, taken.job, { ...end, attempts }, last)),
  }
}

async function endJob(
  work: Work,
  job: Pick<JobRow, 'id' | 'image'>,
  end: Pick<AttemptEnd, 'endedAt'> & { attempts: string },
  { state, says, gate }: LastWord,
): Promise<void> {
  await work
    .updateTable('scanner_jobs')
    .set({ ...ended(state, end, end.attempts), note: noteOf(says) })
    .where('id', '=', job.id)
    .execute()
  if (gate !== null) await block(work, job, gate, end)
}

/** The image may not be released. */
async function block(
  work: Work,
  { id, image }: Pick<JobRow, 'id' | 'image'>,
  reason: string,
  { endedAt }: Pick<AttemptEnd, 'endedAt'>,
): Promise<void> {
  const blocked = { reason, job_id: id, since: new Date(endedAt) }
  await work
    .insertInto('scanner_gates')
    .values({ image, ...blocked })
    .onConflict((conflict) => conflict.column('image').doUpdateSet(blocked))
    .execute()
}

/** Whether this attempt is the one that goes on. */
function isHeld(row: JobRow, attempt: Attempt, message: TakenMessage): boolean {
  return (
    row.state === 'running' &&
    row.message_id === message.id &&
    row.attempts.at(-1)?.number === attempt.number
  )
}

/** There may be another behind it. */
const OF_NO_USE = 'of no use'

/** Null where the message is of no use any more. */
async function begin(
  work: Work,
  message: TakenMessage,
  pool: string,
  { afterGone, ...by }: Taker,
): Promise<TakenJob | null> {
  const row = await lockedJob(work, message.job)
  if (row === null || row.message_id !== message.id || isEnded(row)) return null
  const before = withoutOpen(row.attempts, by.startedAt)
  const gone = goneInARow(before, row.forgotten)
  const next = gone === 0 ? null : afterGone(gone, jobOf(row).mode)
  if (next?.kind === 'over') {
    await endJob(work, row, { endedAt: by.startedAt, attempts: cleanJson(before) }, next.last)
    return null
  }
  const mode = next?.mode ?? jobOf(row).mode
  const open = { endedAt: null, outcome: null, says: null, peakBytes: null, caseId: null }
  const { attempt, text } = withAttempt(before, { ...by, pool, mode, ...open })
  const changed = await work
    .updateTable('scanner_jobs')
    .set({
      state: 'running',
      mode,
      attempts: text,
      started_at: row.started_at ?? new Date(by.startedAt),
    })
    .where('id', '=', row.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  return { job: jobOf(changed), attempt, message }
}
