/** What becomes of a job after an attempt that did not go well: it learns from how that ended. */
import { formatBytes } from '../model/bytes.ts'
import type { JobState, Outcome, ScanMode } from '../model/scan-job.ts'
import type { AfterGone } from '../store/scanner/job-types.ts'

export interface Failure {
  outcome: Exclude<Outcome, 'done' | 'cancelled' | 'gone'>
  /** What happened, as a sentence without a full stop. */
  says: string
  /** Counted from 1; those that were lost to a restart do not count. */
  attempt: number
  pool: string
  mode: ScanMode
  /** Of the worker. */
  limitBytes: number | null
}

export interface RetryRules {
  maxAttempts: number
  /** Null: there is none, or it is the one where it failed. */
  largerPool: { name: string; limitBytes: number } | null
  /** Whether the pool where it failed has a memory limit of its own, instead of `worker.memory_limit`. */
  hasOwnMemory: boolean
  /** Whether an image that cannot be read to its end is scanned without what cannot be read. */
  isFallbackOn: boolean
}

export type NextStep =
  | { kind: 'again'; pool: string; mode: ScanMode; delayMs: number; says: string }
  | { kind: 'over'; state: Extract<JobState, 'failed' | 'timeout'>; says: string }

/** What is out of reach now may be there again a moment later. */
const FIRST_DELAY_MS = 2_000
const LONGEST_DELAY_MS = 60_000
/** The leanest at once: attempts are few, and the last ones belong to the larger pool. */
const LEANER: Readonly<Record<ScanMode, ScanMode | null>> = {
  whole: 'lean',
  streaming: 'lean',
  lean: null,
  partial: null,
}

export function afterFailure(failure: Failure, rules: RetryRules): NextStep {
  const { outcome, says, attempt, pool, mode } = failure
  const isLast = attempt >= rules.maxAttempts
  switch (outcome) {
    case 'oom':
      return afterOom(failure, rules)
    case 'crash':
      if (isLast) return over(`${says}; ${givenUp(attempt)}`)
      return { kind: 'again', pool, mode, delayMs: FIRST_DELAY_MS, says }
    case 'unreachable': {
      if (isLast) return over(`${says}; ${givenUp(attempt)}`)
      const delayMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1))
      return { kind: 'again', pool, mode, delayMs, says }
    }
    case 'lost':
      return { kind: 'again', pool, mode, delayMs: 0, says }
    case 'timeout':
      return { kind: 'over', state: 'timeout', says: `${says}; give it more with timeouts.scan` }
    case 'refused': {
      if (isLast || !rules.isFallbackOn || mode === 'partial') return over(says)
      const note = `${says}; again without what cannot be read`
      return { kind: 'again', pool, mode: 'partial', delayMs: 0, says: note }
    }
  }
}

/** A scan can take its host with it, where both have one limit: it is not to do so for ever. */
const MOST_GONE = 3

export function afterGone(times: number, mode: ScanMode): ReturnType<AfterGone> {
  if (times < MOST_GONE) return { kind: 'again', mode: LEANER[mode] ?? mode }
  const says = `whoever ran it was gone ${times} times in a row, perhaps because of it: stella scanner jobs retry, once its host has room`
  return { kind: 'over', last: { state: 'failed', says, gate: 'scan-failed' } }
}

/** First with less memory, then where there is more; the same again would end the same. */
function afterOom(failure: Failure, rules: RetryRules): NextStep {
  const { maxAttempts, largerPool, hasOwnMemory } = rules
  const { says, attempt, pool, mode, limitBytes } = failure
  const isLast = attempt >= maxAttempts
  const leaner = LEANER[mode]
  if (!isLast && leaner !== null) {
    return { kind: 'again', pool, mode: leaner, delayMs: 0, says: `${says}; again as ${leaner}` }
  }
  const isLarger =
    largerPool !== null && largerPool.name !== pool && largerPool.limitBytes > (limitBytes ?? 0)
  if (!isLast && isLarger) {
    const to = `${largerPool.name}, which has ${formatBytes(largerPool.limitBytes)}`
    const largerMode = mode === 'partial' ? mode : 'streaming'
    const where = { pool: largerPool.name, mode: largerMode, delayMs: 0 } as const
    return { kind: 'again', ...where, says: `${says}; again in ${to}` }
  }
  const untried = isLarger ? largerPool.name : null
  return over(`${says}; ${needed(failure, { hasOwnMemory, untried })}`)
}

function givenUp(attempts: number): string {
  return `given up after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`
}

/** @param untried a pool that has more, and where it was not tried any more */
function needed(
  { limitBytes, mode, pool }: Failure,
  { hasOwnMemory, untried }: { hasOwnMemory: boolean; untried: string | null },
): string {
  if (limitBytes === null) return 'the host has no memory for it'
  const more = formatBytes(2 * limitBytes)
    .replace(' ', '')
    .replace('iB', 'i')
  const left =
    LEANER[mode] !== null
      ? 'with less memory'
      : untried === null
        ? null
        : `in ${untried}, which has more`
  const or = left === null ? '' : `, or raise jobs.max_attempts, so that it is tried ${left}`
  const how = hasOwnMemory
    ? `workers set --pool ${pool} --memory ${more}`
    : `config set worker.memory_limit ${more}`
  return `a worker needs more than ${formatBytes(limitBytes)}: stella scanner ${how}${or}`
}

function over(says: string): NextStep {
  return { kind: 'over', state: 'failed', says }
}
