/** What is written down of an attempt, and where it leads. */
import { createReadStream, rmSync } from 'node:fs'
import { countedAttempts } from '../../store/scanner/job-rows.ts'
import type { ScannerStore } from '../../store/scanner/open.ts'
import type { SettledEnd, TakenJob } from '../../store/scanner/job-types.ts'
import type { Instant } from '../../model/time.ts'
import type { LogLevel, Outcome } from '../../model/scan-job.ts'
import { poolBytes } from '../pool-bytes.ts'
import { afterFailure } from '../retry.ts'
import type { Failure, RetryRules } from '../retry.ts'
import { fallbackMode, largeImagePool, maxAttempts } from '../settings/index.ts'
import type { JobEnd } from './carry-out.ts'
import type { Living } from './living.ts'
import { meaningOf } from './verdict.ts'

export interface SettleOptions {
  store: ScannerStore
  now(): Instant
  log(level: LogLevel, says: string, job: string | null): void
  /** The case of a kill in a group, as `stella why` explains it; null: nothing is known of it. */
  explain(path: string, since: Instant): Promise<string | null>
}

const PART_BYTES = 512 * 1024

export async function settleAttempt(
  taken: TakenJob,
  end: JobEnd,
  living: Living,
  options: SettleOptions,
): Promise<void> {
  const { store, now, log } = options
  const { job } = taken
  const { memory } = end
  const { peakBytes } = memory
  if (end.kind === 'done') {
    const { result, layers, document } = end
    const ended: SettledEnd = {
      outcome: 'done',
      says: null,
      peakBytes,
      caseId: null,
      endedAt: now(),
      memory,
    }
    const parts = createReadStream(document, { highWaterMark: PART_BYTES })
    const isKept = await store.jobs.done(taken, ended, { result, layers, document: parts })
    rmSync(document, { force: true })
    const lack = taken.attempt.mode === 'partial' ? ', without what cannot be read' : ''
    const what = isKept
      ? `is done: ${result.packages} packages${lack}`
      : 'was done by somebody else, too'
    log('info', `job ${job.id} of ${job.image} ${what}`, job.id)
    return
  }
  const { outcome, says } = failureOf(end)
  if (outcome === 'cancelled') return log('info', `job ${job.id} was cancelled`, job.id)
  const caseId =
    outcome === 'oom' && end.kind === 'died' && end.seen.kernelKills > 0 && living.path !== null
      ? await options.explain(living.path, living.startedAt)
      : null
  const ended: SettledEnd = { outcome, says, peakBytes, caseId, endedAt: now(), memory }
  const next = afterFailure(
    {
      outcome,
      says,
      attempt: countedAttempts(job) - (outcome === 'lost' ? 1 : 0),
      pool: taken.attempt.pool,
      mode: taken.attempt.mode,
      limitBytes: living.limitBytes,
    },
    await rulesNow(store, taken.attempt.pool),
  )
  if (next.kind === 'again') {
    const { pool, mode, delayMs } = next
    await store.jobs.again(taken, ended, { pool, mode, delayMs, note: next.says })
    log('warn', `job ${job.id} of ${job.image}: ${next.says}`, job.id)
    return
  }
  const gate = `scan-${outcome === 'oom' || outcome === 'timeout' ? outcome : 'failed'}`
  await store.jobs.over(taken, ended, { state: next.state, says: next.says, gate })
  log('error', `job ${job.id} of ${job.image} failed: ${next.says}`, job.id)
}

function failureOf(end: Exclude<JobEnd, { kind: 'done' }>): {
  outcome: Failure['outcome'] | Extract<Outcome, 'cancelled'>
  says: string
} {
  if (end.kind === 'died') return meaningOf(end.seen)
  return { outcome: end.isFinal ? 'refused' : 'unreachable', says: end.says }
}

async function rulesNow(store: ScannerStore, pool: string): Promise<RetryRules> {
  const [set, pools] = await Promise.all([store.settings.all(), store.pools.list()])
  const name = largeImagePool.in(set)
  const larger = pools.find((each) => each.name === name && each.name !== pool && each.count > 0)
  return {
    maxAttempts: maxAttempts.in(set),
    hasOwnMemory: pools.some((each) => each.name === pool && each.memory !== null),
    isFallbackOn: fallbackMode.in(set),
    largerPool:
      larger === undefined ? null : { name: larger.name, limitBytes: poolBytes(larger, set) },
  }
}
