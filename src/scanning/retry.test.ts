import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GIB, MIB } from '../model/bytes.ts'
import { SCAN_MODES } from '../model/scan-job.ts'
import { afterFailure } from './retry.ts'
import type { Failure, NextStep, RetryRules } from './retry.ts'
import { workerMemoryLimit } from './settings/index.ts'

const OOM: Failure = {
  outcome: 'oom',
  says: 'out of memory',
  attempt: 1,
  pool: 'default',
  mode: 'whole',
  limitBytes: 4 * GIB,
}
const LARGER = { name: 'large-images', limitBytes: 16 * GIB }
const THREE: RetryRules = {
  maxAttempts: 3,
  largerPool: null,
  hasOwnMemory: false,
  isFallbackOn: false,
}

/** What a job goes through that ends in the same way each time. */
function ladder(first: Failure, rules: RetryRules): string[] {
  const seen: string[] = []
  let failure = first
  for (;;) {
    const next = afterFailure(failure, withoutItself(rules, failure.pool))
    if (next.kind === 'over') return [...seen, `${next.state}: ${next.says}`]
    seen.push(`${next.pool} ${next.mode}`)
    failure = after(failure, next, rules)
  }
}

/** As the host asks: a pool is no way out of itself. */
function withoutItself(rules: RetryRules, pool: string): RetryRules {
  return rules.largerPool?.name === pool ? { ...rules, largerPool: null } : rules
}

function after(
  failure: Failure,
  { pool, mode }: Extract<NextStep, { kind: 'again' }>,
  { largerPool }: RetryRules,
): Failure {
  const limitBytes = pool === largerPool?.name ? largerPool.limitBytes : failure.limitBytes
  const isLost = failure.outcome === 'lost'
  return { ...failure, pool, mode, limitBytes, attempt: failure.attempt + (isLost ? 0 : 1) }
}

describe('a job that ran out of memory', () => {
  it('is tried with less memory, then where there is more, and fails with what it would need', () => {
    expect(ladder(OOM, { ...THREE, maxAttempts: 10, largerPool: LARGER })).toEqual([
      'default lean',
      'large-images streaming',
      'large-images lean',
      'failed: out of memory; a worker needs more than 16 GiB: stella scanner config set worker.memory_limit 32Gi',
    ])
  })

  it('reaches the larger pool within the attempts that are usual', () => {
    expect(ladder(OOM, { ...THREE, maxAttempts: 3, largerPool: LARGER })).toContain(
      'large-images streaming',
    )
  })

  it('fails after the leanest attempt where no pool has more', () => {
    const needs =
      'failed: out of memory; a worker needs more than 4 GiB: stella scanner config set worker.memory_limit 8Gi'
    const tried = ['default lean', needs]
    expect(ladder(OOM, { ...THREE, maxAttempts: 10 })).toEqual(tried)
    for (const limitBytes of [GIB, 4 * GIB]) {
      const small = { name: 'large-images', limitBytes }
      expect(ladder(OOM, { ...THREE, maxAttempts: 10, largerPool: small })).toEqual(tried)
    }
  })

  it('is told what another attempt could change, where attempts ran out', () => {
    const raise = 'or raise jobs.max_attempts, so that it is tried'
    expect(ladder(OOM, { ...THREE, maxAttempts: 1, largerPool: LARGER }).at(-1)).toContain(
      `${raise} with less memory`,
    )
    expect(ladder(OOM, { ...THREE, maxAttempts: 2, largerPool: LARGER })).toEqual([
      'default lean',
      expect.stringContaining(`${raise} in large-images, which has more`),
    ])
    expect(ladder(OOM, THREE).at(-1)).not.toContain('raise')
  })

  it('is told a limit that the setting takes and that is larger', () => {
    fc.assert(
      fc.property(fc.integer({ min: 64 * MIB, max: 4_096 * GIB }), (limitBytes) => {
        const [last = ''] = ladder({ ...OOM, mode: 'lean', limitBytes }, THREE)
        const text = /worker\.memory_limit (\S+)$/.exec(last)?.[1] ?? ''
        const read = workerMemoryLimit.told(text)['bytes']
        expect(read).toBeGreaterThan(1.9 * limitBytes)
      }),
    )
  })

  it('is told the limit of its pool where that has its own', () => {
    const own = { ...THREE, hasOwnMemory: true }
    expect(ladder({ ...OOM, mode: 'lean', pool: 'large-images' }, own)).toEqual([
      'failed: out of memory; a worker needs more than 4 GiB: stella scanner workers set --pool large-images --memory 8Gi',
    ])
  })

  it('without a limit has used up the host', () => {
    expect(afterFailure({ ...OOM, mode: 'lean', limitBytes: null }, THREE)).toMatchObject({
      kind: 'over',
      says: 'out of memory; the host has no memory for it',
    })
  })
})

describe('a job whose worker crashed', () => {
  const crash: Failure = { ...OOM, outcome: 'crash', says: 'the worker ended with SIGSEGV' }

  it('is tried again as it was, a moment later', () => {
    expect(afterFailure({ ...crash, mode: 'lean', pool: 'x' }, THREE)).toEqual({
      kind: 'again',
      pool: 'x',
      mode: 'lean',
      delayMs: 2_000,
      says: 'the worker ended with SIGSEGV',
    })
  })

  it('fails with the last attempt, and is told how many there were', () => {
    const says = 'the worker ended with SIGSEGV; given up after'
    const last = (attempt: number): NextStep =>
      afterFailure({ ...crash, attempt }, { ...THREE, maxAttempts: attempt })
    expect(last(3)).toEqual({ kind: 'over', state: 'failed', says: `${says} 3 attempts` })
    expect(last(1)).toEqual({ kind: 'over', state: 'failed', says: `${says} 1 attempt` })
  })
})

it('a registry that is away is asked later and later, and within a minute', () => {
  const delays = Array.from({ length: 9 }, (_, at) => {
    const failure: Failure = { ...OOM, outcome: 'unreachable', says: 'no answer', attempt: at + 1 }
    const next = afterFailure(failure, { ...THREE, maxAttempts: 10 })
    return next.kind === 'again' ? next.delayMs / 1_000 : null
  })
  expect(delays).toEqual([2, 4, 8, 16, 32, 60, 60, 60, 60])
})

it('a scan that took too long is not tried again, and it is told what gives it more', () => {
  expect(afterFailure({ ...OOM, outcome: 'timeout', says: 'too long' }, THREE)).toEqual({
    kind: 'over',
    state: 'timeout',
    says: 'too long; give it more with timeouts.scan',
  })
})

it('what was refused would be refused again', () => {
  expect(afterFailure({ ...OOM, outcome: 'refused', says: 'no image' }, THREE)).toEqual({
    kind: 'over',
    state: 'failed',
    says: 'no image',
  })
})

it('an image that is damaged is scanned without what is, once, where that is wanted', () => {
  const refused: Failure = { ...OOM, outcome: 'refused', says: 'layer 2 is damaged' }
  const rules = { ...THREE, isFallbackOn: true }
  const next = afterFailure(refused, rules)
  expect(next).toEqual({
    kind: 'again',
    pool: 'default',
    mode: 'partial',
    delayMs: 0,
    says: 'layer 2 is damaged; again without what cannot be read',
  })
  expect(afterFailure({ ...refused, mode: 'partial', attempt: 2 }, rules).kind).toBe('over')
  expect(afterFailure({ ...refused, attempt: 3 }, rules).kind).toBe('over')
  const large = { ...rules, largerPool: LARGER }
  expect(ladder({ ...OOM, mode: 'partial' }, large)[0]).toBe('large-images partial')
})

it('a job that was lost goes on at once, as it was, however often', () => {
  const lost: Failure = { ...OOM, outcome: 'lost', says: 'the scanner was stopped', attempt: 3 }
  expect(afterFailure(lost, THREE)).toEqual({
    kind: 'again',
    pool: 'default',
    mode: 'whole',
    delayMs: 0,
    says: 'the scanner was stopped',
  })
})

const OUTCOMES = ['oom', 'crash', 'timeout', 'refused', 'unreachable', 'lost'] as const
const RULES = fc.record<RetryRules>({
  maxAttempts: fc.integer({ min: 1, max: 10 }),
  largerPool: fc.option(
    fc.record({ name: fc.constant('large-images'), limitBytes: fc.nat(16 * GIB) }),
  ),
  hasOwnMemory: fc.boolean(),
  isFallbackOn: fc.boolean(),
})
const FIRST = fc.record({
  pool: fc.constantFrom('default', 'large-images'),
  mode: fc.constantFrom(...SCAN_MODES),
  limitBytes: fc.option(fc.nat(16 * GIB)),
})

it('whatever happens, a job ends, has no more attempts than it may, and repeats no lack of memory', () => {
  const outcomes = fc.array(fc.constantFrom(...OUTCOMES), { maxLength: 60 })
  fc.assert(
    fc.property(RULES, FIRST, outcomes, (rules, first, drawn) => {
      let failure: Failure = { ...OOM, ...first }
      const ranOut = new Set<string>()
      // What is lost does not count; of all else there are as many as a job may have.
      const rest = Array.from({ length: rules.maxAttempts }, () => 'oom' as const)
      for (const outcome of [...drawn, ...rest]) {
        failure = { ...failure, outcome }
        const course = `${failure.pool} ${failure.mode}`
        expect(ranOut).not.toContain(course)
        if (outcome === 'oom') ranOut.add(course)
        expect(failure.attempt).toBeLessThanOrEqual(rules.maxAttempts)
        const next = afterFailure(failure, withoutItself(rules, failure.pool))
        expect(next.says).not.toBe('')
        if (next.kind === 'over') return
        expect(next.delayMs).toBeGreaterThanOrEqual(0)
        expect(next.delayMs).toBeLessThanOrEqual(60_000)
        failure = after(failure, next, rules)
      }
      expect.unreachable('the job did not end')
    }),
  )
})
