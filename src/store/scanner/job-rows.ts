/** Jobs as rows, and back. */
import type { Selectable, Transaction } from 'kysely'
import { ENDED_STATES, JOB_STATES, SCAN_MODES } from '../../model/scan-job.ts'
import type { Attempt, Job, JobState } from '../../model/scan-job.ts'
import type { Instant } from '../../model/time.ts'
import { clean, cleanJson } from '../database/clean.ts'
import type { ScannerTables } from './tables.ts'

export type Work = Transaction<ScannerTables>
export type JobRow = Selectable<ScannerTables['scanner_jobs']>

export function jobOf(row: JobRow): Job {
  return {
    id: row.id,
    image: row.image,
    platform: row.platform,
    priority: row.priority,
    timeoutMs: row.timeout_ms,
    readsAgain: row.reads_again,
    state: JOB_STATES.find((each) => each === row.state) ?? 'failed',
    pool: row.pool,
    mode: SCAN_MODES.find((each) => each === row.mode) ?? 'streaming',
    sizeBytes: row.size_bytes,
    note: row.note,
    createdAt: row.created_at.getTime(),
    createdBy: row.created_by,
    startedAt: row.started_at?.getTime() ?? null,
    endedAt: row.ended_at?.getTime() ?? null,
    attempts: row.attempts,
    forgotten: row.forgotten,
    result: resultOf(row),
  }
}

function resultOf(row: JobRow): Job['result'] {
  const { packages, problems, digest, document_bytes: bytes } = row
  if (packages === null || problems === null || digest === null || bytes === null) return null
  return { packages, problems, digest, bytes, hasDocument: row.packed_bytes !== null }
}

/** Of a job that is lost again and again only the last are kept. */
export const MAX_ATTEMPTS = 50

/** An attempt that nobody ended, when somebody else comes for the job: whoever ran it is gone. */
export function withoutOpen(attempts: readonly Attempt[], now: Instant): readonly Attempt[] {
  return attempts.map((each) =>
    each.endedAt === null
      ? { ...each, endedAt: now, outcome: 'gone', says: 'whoever ran it is gone' }
      : each,
  )
}

/** How often in a row it was so, up to now. */
export function goneInARow(attempts: readonly Attempt[], forgotten: number): number {
  const counted = attempts.filter(({ number }) => number > forgotten)
  return counted.length - 1 - counted.findLastIndex(({ outcome }) => outcome !== 'gone')
}

export function withAttempt(
  attempts: readonly Attempt[],
  next: Omit<Attempt, 'number'>,
): { attempt: Attempt; text: string } {
  const attempt = { ...next, number: (attempts.at(-1)?.number ?? 0) + 1 }
  return { attempt, text: cleanJson([...attempts, attempt].slice(-MAX_ATTEMPTS)) }
}

export type AttemptEnd = Pick<Attempt, 'outcome' | 'says' | 'peakBytes' | 'caseId'> & {
  endedAt: Instant
}

export function endedAttempts(
  attempts: readonly Attempt[],
  number: number,
  end: AttemptEnd,
): string {
  // The last words of a worker may hold any bytes.
  return cleanJson(attempts.map((each) => (each.number === number ? { ...each, ...end } : each)))
}

/** As a column takes it. */
export function noteOf(note: string | null): string | null {
  return note === null ? null : clean(note)
}

/** Attempts that count towards the most that a job may have. */
export function countedAttempts({
  attempts,
  forgotten,
}: Pick<Job, 'attempts' | 'forgotten'>): number {
  return attempts.filter(
    ({ number, outcome }) => number > forgotten && outcome !== 'lost' && outcome !== 'gone',
  ).length
}

/** The row, which nobody else changes until the end of the transaction. */
export async function lockedJob(work: Work, id: string): Promise<JobRow | null> {
  const row = await work
    .selectFrom('scanner_jobs')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  return row ?? null
}

export function isEnded({ state }: JobRow): boolean {
  return ENDED_STATES.some((each) => each === state)
}

/** What every job has that ends. */
export function ended(
  state: JobState,
  { endedAt }: Pick<AttemptEnd, 'endedAt'>,
  attempts: string,
): { state: JobState; ended_at: Date; attempts: string; message_id: null } {
  return { state, ended_at: new Date(endedAt), attempts, message_id: null }
}
