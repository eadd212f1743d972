import { describe, expect, it, test } from 'vitest'
import {
  jobs,
  judge,
  MINUTE_MS,
  statusOf,
  testAttempt,
  testJob,
} from '../../../test/support/scanner-view.ts'
import { NOW } from '../../../test/support/command-line.ts'
import { testWorker } from '../../../test/support/scanner.ts'
import type { Job } from '../../model/scan-job.ts'
import { scannerQueue } from './scanner-queue.ts'

function waiting(depth: number) {
  return [{ pool: 'default', depth, workers: 1, waitsFor: null }]
}

test.each([
  [99, 'pass'],
  [100, 'warn'],
  [499, 'warn'],
  [500, 'fail'],
])('a line of %d: %s', (depth, status) => {
  expect(statusOf(scannerQueue, { queues: waiting(depth) })).toBe(status)
})

test.each([
  [4, 'pass'],
  [5, 'warn'],
  [14, 'warn'],
  [15, 'fail'],
])('%d of 100 jobs that failed: %s', (failed, status) => {
  const ended = [
    ...jobs(failed, () => testJob('failed')),
    ...jobs(100 - failed, () => testJob('done')),
  ]
  expect(statusOf(scannerQueue, { jobs: ended })).toBe(status)
})

it('counts what took too long as failed, and neither images that are broken nor what somebody cancelled', () => {
  const broken = testJob('failed', { attempts: [testAttempt({ outcome: 'refused' })] })
  const jobsSeen = [testJob('done'), broken, testJob('cancelled'), testJob('timeout')]
  expect(judge(scannerQueue, { jobs: jobsSeen }).evidence).toMatchObject({
    endedJobs: 3,
    failedJobs: 1,
    failureRate: 1 / 3,
    ratePerMinute: 0.3,
  })
})

describe('a job is stuck', () => {
  const created = (minutes: number): Partial<Job> => ({ createdAt: NOW - minutes * MINUTE_MS })
  const open = testAttempt({ endedAt: null, outcome: null })

  it('where it waits for 5 minutes and nothing of its pool begins', () => {
    expect(statusOf(scannerQueue, { jobs: [testJob('queued', created(5))] })).toBe('pass')
    const job = testJob('queued', created(6))
    expect(judge(scannerQueue, { jobs: [job] })).toMatchObject({
      problems: [
        {
          status: 'fail',
          says: expect.stringContaining(`${job.id.slice(0, 8)} in default waits`),
          todo: 'stella scanner workers restart --pool default',
        },
      ],
      evidence: { stuckJobs: 1, oldestJobAgeMinutes: 6 },
    })
    expect(judge(scannerQueue, { jobs: [job], workers: [] }).problems[0]?.todo).toContain(
      'stella serve',
    )
    const busy = testJob('running', { attempts: [open] })
    expect(statusOf(scannerQueue, { jobs: [job, busy] })).toBe('pass')
    const elsewhere = testJob('running', { pool: 'large', attempts: [{ ...open, pool: 'large' }] })
    expect(statusOf(scannerQueue, { jobs: [job, elsewhere] })).toBe('fail')
  })

  it('where it runs for longer than it may, by its own timeout or that of all', () => {
    const begun = (minutes: number) => ({ ...open, startedAt: NOW - minutes * MINUTE_MS })
    expect(statusOf(scannerQueue, { jobs: [testJob('running', { attempts: [begun(31)] })] })).toBe(
      'pass',
    )
    const late = testJob('running', { attempts: [begun(32)] })
    expect(statusOf(scannerQueue, { jobs: [late] })).toBe('fail')
    expect(statusOf(scannerQueue, { jobs: [late], set: new Map([['timeouts.scan', '1h']]) })).toBe(
      'pass',
    )
    const own = testJob('running', { timeoutMs: MINUTE_MS, attempts: [begun(3)] })
    expect(statusOf(scannerQueue, { jobs: [own] })).toBe('fail')
  })

  it('where its worker is gone', () => {
    const job = testJob('running', { attempts: [open] })
    expect(statusOf(scannerQueue, { jobs: [job] })).toBe('pass')
    expect(statusOf(scannerQueue, { jobs: [job], workers: [testWorker({ host: 'two' })] })).toBe(
      'fail',
    )
  })

  it('but not where somebody asked for it again, at a time that nobody kept', () => {
    const again = testJob('queued', { ...created(600), forgotten: 1, attempts: [testAttempt()] })
    expect(judge(scannerQueue, { jobs: [again] })).toMatchObject({
      problems: [],
      evidence: { oldestJobAgeMinutes: null },
    })
  })
})

it('warns of a line that has grown for ten minutes, and not of one that grew for a moment', () => {
  const running = testWorker({ state: 'busy' })
  const busy = testJob('running', { attempts: [testAttempt({ endedAt: null, outcome: null })] })
  const came = (minutes: number) => testJob('queued', { createdAt: NOW - minutes * MINUTE_MS })
  const growing = { workers: [running], queues: waiting(12) }
  expect(statusOf(scannerQueue, { ...growing, jobs: [busy, came(1), came(8)] })).toBe('warn')
  expect(statusOf(scannerQueue, { ...growing, jobs: [busy, came(1), came(2)] })).toBe('pass')
  expect(
    statusOf(scannerQueue, { ...growing, queues: waiting(9), jobs: [busy, came(1), came(8)] }),
  ).toBe('pass')
})
