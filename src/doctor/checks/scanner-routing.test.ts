import { expect, it } from 'vitest'
import { judge, statusOf, testAttempt, testJob } from '../../../test/support/scanner-view.ts'
import { testWorker } from '../../../test/support/scanner.ts'
import { GIB } from '../../model/bytes.ts'
import type { Job } from '../../model/scan-job.ts'
import { newPool } from '../../store/scanner/pools.ts'
import { scannerRouting } from './scanner-routing.ts'

const large = (change: Partial<Job> = {}) => testJob('done', { sizeBytes: 2 * GIB, ...change })
const set = new Map([['routing.large_image_pool', 'large']])

it('is content while no image is large', () => {
  const almost = testJob('done', { sizeBytes: 2 * GIB - 1 })
  expect(judge(scannerRouting, { jobs: [almost] })).toMatchObject({
    says: 'no image of 2 GiB or more was seen within a day',
    problems: [],
  })
  expect(statusOf(scannerRouting, { jobs: [testJob('done', { sizeBytes: null })] })).toBe('pass')
})

it('warns where large images have no pool, and fails where that did harm', () => {
  expect(judge(scannerRouting, { jobs: [large()] }).problems).toMatchObject([
    { status: 'warn', todo: expect.stringContaining('routing.large_image_pool') },
  ])
  const oom = large({ attempts: [testAttempt({ outcome: 'oom' }), testAttempt()] })
  expect(statusOf(scannerRouting, { jobs: [oom] })).toBe('fail')
  expect(statusOf(scannerRouting, { jobs: [large({ state: 'timeout' })] })).toBe('fail')
  const threshold = new Map([['routing.large_image_threshold', '3Gi']])
  expect(statusOf(scannerRouting, { set: threshold, jobs: [oom] })).toBe('pass')
})

it('looks for workers of the pool', () => {
  const pools = [newPool('default', 1), newPool('large', 1)]
  const workers = [testWorker(), testWorker({ pool: 'large', name: 'large-1' })]
  expect(statusOf(scannerRouting, { set, pools, workers, jobs: [large()] })).toBe('pass')
  expect(judge(scannerRouting, { set, pools, jobs: [large()] }).problems).toMatchObject([
    { status: 'warn', todo: expect.stringContaining('stella serve') },
  ])
  const waits = large({ state: 'queued', pool: 'large', endedAt: null })
  expect(judge(scannerRouting, { set, jobs: [waits] }).problems).toMatchObject([
    { status: 'fail', todo: 'stella scanner workers add --pool large --count 1' },
  ])
})
