/** What the jobs of a scanner tell of the last hour. */
import type { Attempt, Job } from '../../model/scan-job.ts'
import type { Instant } from '../../model/time.ts'
import { poolBytes } from '../../scanning/pool-bytes.ts'
import { scanTimeout } from '../../scanning/settings/index.ts'
import type { ScannerView } from './view.ts'
import { HOUR_MS } from './view.ts'

/** Jobs that are done, failed or took too long, within so many milliseconds. */
export function endedLately({ jobs, at }: ScannerView, withinMs = HOUR_MS): readonly Job[] {
  return jobs.filter(
    ({ state, endedAt }) =>
      ['done', 'failed', 'timeout'].includes(state) && endedAt !== null && endedAt > at - withinMs,
  )
}

export interface JobAttempt {
  job: Job
  attempt: Attempt
}

/** Attempts that ended within the last hour. */
export function attemptsLately({ jobs, at }: ScannerView): readonly JobAttempt[] {
  return jobs.flatMap((job) =>
    job.attempts
      .filter(({ endedAt }) => endedAt !== null && endedAt > at - HOUR_MS)
      .map((attempt) => ({ job, attempt })),
  )
}

/** Since when it waits; null: it does not, or was asked for again at a time that nobody kept. */
export function waitsSince({ state, createdAt, attempts, forgotten }: Job): Instant | null {
  if (state !== 'queued') return null
  const last = attempts.at(-1)
  if (last === undefined) return createdAt
  return last.number > forgotten ? last.endedAt : null
}

/** The attempt that goes on; null: none does. */
export function openAttempt({ state, attempts }: Job): Attempt | null {
  return state === 'running' ? (attempts.findLast(({ endedAt }) => endedAt === null) ?? null) : null
}

/** Whoever runs it ends it when its time is over; a while later, nobody does. */
const GRACE_MS = 60_000

/** Jobs that run for longer than they may. */
export function overdue({ jobs, set, at }: ScannerView): readonly Job[] {
  return jobs.filter((job) => {
    const begun = openAttempt(job)?.startedAt
    return begun !== undefined && at - begun > (job.timeoutMs ?? scanTimeout.in(set)) + GRACE_MS
  })
}

/** Jobs whose worker nobody hears of any more, nor of its host. */
export function abandoned({ jobs, workers, at }: ScannerView): readonly Job[] {
  return jobs.filter((job) => {
    const attempt = openAttempt(job)
    if (attempt === null || at - attempt.startedAt < GRACE_MS) return false
    return !workers.some(({ name, host }) => name === attempt.worker && host === attempt.host)
  })
}

/** Whether a worker of its pool may have more now than it had in this attempt. */
export function hadLess({ attempt }: JobAttempt, { pools, set }: ScannerView): boolean {
  const pool = pools.find(({ name }) => name === attempt.pool)
  return (
    pool !== undefined && attempt.limitBytes !== null && attempt.limitBytes < poolBytes(pool, set)
  )
}

/** Whether its image was scanned after all, by a later job. */
export function wasDoneLater(job: Job, { jobs }: ScannerView): boolean {
  return jobs.some(
    ({ image, state, endedAt }) =>
      image === job.image && state === 'done' && (endedAt ?? 0) >= (job.endedAt ?? 0),
  )
}
