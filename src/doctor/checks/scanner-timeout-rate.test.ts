import { expect, it, test } from 'vitest'
import { jobs, judge, MINUTE_MS, statusOf, testJob } from '../../../test/support/scanner-view.ts'
import { NOW } from '../../../test/support/command-line.ts'
import { scannerTimeoutRate } from './scanner-timeout-rate.ts'

test.each([
  [4, 'pass'],
  [5, 'warn'],
  [14, 'warn'],
  [15, 'fail'],
])('%d of 100 jobs that took too long: %s', (late, status) => {
  const ended = [
    ...jobs(late, () => testJob('timeout')),
    ...jobs(100 - late, () => testJob('done')),
  ]
  expect(statusOf(scannerTimeoutRate, { jobs: ended })).toBe(status)
})

it('looks at the last hour, and names the time that scans have', () => {
  const old = testJob('timeout', { endedAt: NOW - 61 * MINUTE_MS })
  expect(statusOf(scannerTimeoutRate, { jobs: [old] })).toBe('pass')
  const set = new Map([['timeouts.scan', '90s']])
  const { problems } = judge(scannerTimeoutRate, {
    set,
    jobs: [testJob('timeout'), testJob('done')],
  })
  expect(problems[0]?.says).toBe(
    '1 of 2 jobs took too long within the last hour (50 %; timeouts.scan is 1.5 minutes)',
  )
})
