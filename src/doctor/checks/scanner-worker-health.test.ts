import { describe, expect, it, test } from 'vitest'
import {
  judge,
  MINUTE_MS,
  statusOf,
  testAttempt,
  testJob,
} from '../../../test/support/scanner-view.ts'
import { NOW } from '../../../test/support/command-line.ts'
import { testWorker } from '../../../test/support/scanner.ts'
import { meaningOf } from '../../scanning/workers/verdict.ts'
import { newPool } from '../../store/scanner/pools.ts'
import { scannerWorkerHealth } from './scanner-worker-health.ts'

function line(pool: string, depth: number) {
  return { pool, depth, workers: 0, waitsFor: null }
}

describe('a pool', () => {
  it('with jobs and no worker fails, whatever other pools have', () => {
    const found = judge(scannerWorkerHealth, { queues: [line('large', 2)] })
    expect(found.problems).toMatchObject([
      {
        status: 'fail',
        says: '2 jobs wait in large, and no worker of it runs',
        todo: 'stella scanner workers add --pool large --count 1',
        mend: { change: { acts: [{ kind: 'pool', pool: 'large', count: 1 }] } },
      },
    ])
    const wanted = { pools: [newPool('large', 1)], queues: [line('large', 1)], workers: [] }
    const [away] = judge(scannerWorkerHealth, wanted).problems
    expect(away).toMatchObject({ todo: expect.stringContaining('start stella serve') })
    expect(away?.mend).toBeUndefined()
  })

  it('with fewer workers than it is to have warns, and one without work and workers, too', () => {
    expect(statusOf(scannerWorkerHealth, {})).toBe('pass')
    expect(statusOf(scannerWorkerHealth, { pools: [newPool('default', 2)] })).toBe('warn')
    expect(statusOf(scannerWorkerHealth, { workers: [] })).toBe('warn')
    expect(statusOf(scannerWorkerHealth, { pools: [newPool('default', 1), newPool('x', 0)] })).toBe(
      'pass',
    )
  })

  it('whose workers all wait after crashes fails where jobs wait', () => {
    const workers = [testWorker({ state: 'waiting' })]
    expect(statusOf(scannerWorkerHealth, { workers })).toBe('warn')
    expect(statusOf(scannerWorkerHealth, { workers, queues: [line('default', 1)] })).toBe('fail')
    const both = [...workers, testWorker({ name: 'default-2' })]
    expect(statusOf(scannerWorkerHealth, { workers: both, queues: [line('default', 1)] })).toBe(
      'warn',
    )
  })
})

it('tells a job that is on a worker nobody hears of', () => {
  const job = testJob('running', {
    attempts: [testAttempt({ worker: 'default-7', endedAt: null })],
  })
  const { problems } = judge(scannerWorkerHealth, { jobs: [job] })
  expect(problems).toMatchObject([
    { status: 'fail', says: expect.stringMatching(/on default-7 of one, which is not heard of/) },
  ])
})

describe('an exit code of 137', () => {
  const dead = { code: null, lastWords: '', endedFor: null, limitBytes: 1 } as const
  const says = (signal: NodeJS.Signals): string =>
    meaningOf({ ...dead, signal, kernelKills: 0 }).says
  const ended = (change: Parameters<typeof testAttempt>[0]) =>
    testJob('done', { attempts: [testAttempt(change)] })

  it('at the limit is told apart from a kill by somebody, and from 143', () => {
    const seen = [
      ended({ outcome: 'oom' }),
      ended({ outcome: 'crash', says: says('SIGKILL') }),
      ended({ outcome: 'crash', says: says('SIGTERM') }),
      ended({ outcome: 'crash', says: says('SIGSEGV') }),
      ended({ outcome: 'gone' }),
    ]
    const { problems, evidence } = judge(scannerWorkerHealth, { jobs: seen })
    expect(problems.map(({ status }) => status)).toEqual(['warn', 'warn', 'warn', 'warn', 'warn'])
    expect(problems.map((problem) => problem.says)).toEqual([
      expect.stringContaining('at the memory limit'),
      expect.stringContaining('not their own limit'),
      expect.stringContaining('exit code 143'),
      expect.stringContaining('1 worker crashed'),
      expect.stringContaining('together with the server'),
    ])
    expect(evidence).toMatchObject({
      endedOutOfMemory: 1,
      endedBySigkill: 1,
      endedBySigterm: 1,
      endedByCrash: 1,
      endedWithHost: 1,
    })
  })

  test('of a worker without a job stands in the log alone', () => {
    const row = {
      id: 1,
      at: NOW - MINUTE_MS,
      level: 'error',
      pool: 'default',
      worker: 'default-1',
      job: null,
    } as const
    const idleEnds = [{ ...row, says: `worker default-1: ${says('SIGKILL')}` }]
    expect(judge(scannerWorkerHealth, { idleEnds }).evidence).toMatchObject({ endedBySigkill: 1 })
  })
})

it('says where no kernel keeps a limit', () => {
  const { problems } = judge(scannerWorkerHealth, { workers: [testWorker({ enforcedBy: null })] })
  expect(problems).toMatchObject([
    { status: 'warn', says: expect.stringContaining('no kernel keeps') },
  ])
})
