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
import { GIB } from '../../model/bytes.ts'
import { newPool } from '../../store/scanner/pools.ts'
import { scannerMemoryUsage } from './scanner-memory-usage.ts'

const OOM = testAttempt({ outcome: 'oom', says: 'out of memory', caseId: 'c_1' })

test.each([
  [0.799, 'pass'],
  [0.8, 'warn'],
  [0.949, 'warn'],
  [0.95, 'fail'],
  [1.2, 'fail'],
])('a worker at %d of its limit: %s', (share, status) => {
  const worker = testWorker({ usageBytes: share * 4 * GIB })
  expect(statusOf(scannerMemoryUsage, { workers: [testWorker(), worker] })).toBe(status)
})

it('names the worker, its share and what it scans, and never rounds up to a threshold', () => {
  const near = testWorker({ name: 'large-1', usageBytes: 0.9499 * 4 * GIB, job: '3f2a9c01-1' })
  const { problems } = judge(scannerMemoryUsage, { workers: [near] })
  expect(problems).toEqual([
    {
      status: 'warn',
      says: 'large-1 uses 94.9 % of its limit (3.8 GiB of 4 GiB)',
      todo: expect.stringContaining('stella scanner jobs show 3f2a9c01'),
    },
  ])
})

describe('scans that ran out of memory', () => {
  it('warn for an hour, with the case', () => {
    const done = testJob('done', { attempts: [OOM, testAttempt({ number: 2 })] })
    const { problems, evidence } = judge(scannerMemoryUsage, { jobs: [done] })
    expect(problems).toEqual([
      {
        status: 'warn',
        says: expect.stringContaining('in 1 scan'),
        todo: expect.stringContaining('c_1'),
      },
    ])
    expect(evidence['outOfMemory']).toMatchObject([{ job: done.id, limitBytes: 4 * GIB }])
    const old = testJob('done', { attempts: [{ ...OOM, endedAt: NOW - 61 * MINUTE_MS }] })
    expect(statusOf(scannerMemoryUsage, { jobs: [old] })).toBe('pass')
  })

  it('fail where the image was not scanned, until it is', () => {
    const failed = testJob('failed', { attempts: [OOM] })
    expect(judge(scannerMemoryUsage, { jobs: [failed] }).problems[0]).toMatchObject({
      status: 'fail',
      says: `${failed.image} could not be scanned: out of memory at 4 GiB`,
      todo: expect.stringContaining('worker.memory_limit 8Gi'),
      mend: {
        change: {
          acts: [
            { kind: 'set', key: 'worker.memory_limit', value: '8Gi' },
            { kind: 'restart', pool: 'default' },
          ],
        },
      },
    })
    const own = { ...newPool('default', 1), memory: '4Gi' }
    expect(judge(scannerMemoryUsage, { pools: [own], jobs: [failed] }).problems[0]?.todo).toContain(
      'workers set --pool default --memory 8Gi, then',
    )
    const later = testJob('done', { image: failed.image, endedAt: NOW })
    expect(statusOf(scannerMemoryUsage, { jobs: [later, failed] })).toBe('warn')
  })

  it('are counted from the moment that workers have more', () => {
    const failed = testJob('failed', { attempts: [OOM] })
    const set = new Map([['worker.memory_limit', '8Gi']])
    expect(judge(scannerMemoryUsage, { set, jobs: [failed] }).problems).toEqual([
      {
        status: 'warn',
        says: expect.stringContaining('less than workers have now'),
        todo: expect.stringContaining('jobs retry'),
      },
    ])
    const done = testJob('done', { attempts: [OOM] })
    expect(statusOf(scannerMemoryUsage, { set, jobs: jobs(3, () => done) })).toBe('pass')
  })
})

it('does not take what is not known for nothing', () => {
  const { says, problems } = judge(scannerMemoryUsage, {
    workers: [testWorker({ usageBytes: null })],
  })
  expect([says, problems]).toEqual(['how much memory workers use is not known', []])
})
