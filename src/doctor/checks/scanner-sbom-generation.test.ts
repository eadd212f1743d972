import { expect, it, test } from 'vitest'
import { jobs, judge, statusOf, testAttempt, testJob } from '../../../test/support/scanner-view.ts'
import { scannerSbomGeneration } from './scanner-sbom-generation.ts'

const refused = () =>
  testJob('failed', { attempts: [testAttempt({ outcome: 'refused', says: 'it is cut off' })] })
const partly = () =>
  testJob('done', {
    result: { packages: 7, problems: 2, digest: 'sha256:ab', bytes: 1, hasDocument: true },
  })

test.each([
  [0, 4, 'pass'],
  [0, 5, 'warn'],
  [0, 60, 'warn'],
  [4, 0, 'pass'],
  [5, 0, 'warn'],
  [15, 0, 'fail'],
])('%d of 100 images refused, %d with problems: %s', (bad, half, status) => {
  const read = [
    ...jobs(bad, refused),
    ...jobs(half, partly),
    ...jobs(100 - bad - half, () => testJob('done')),
  ]
  expect(statusOf(scannerSbomGeneration, { jobs: read })).toBe(status)
})

it('says nothing of scans that failed for lack of memory or time', () => {
  const failed = testJob('failed', { attempts: [testAttempt({ outcome: 'oom' })] })
  const { evidence } = judge(scannerSbomGeneration, {
    jobs: [failed, testJob('timeout'), refused()],
  })
  expect(evidence).toMatchObject({
    readImages: 1,
    refusedImages: 1,
    completeness: 0,
    refused: [{ says: 'it is cut off' }],
  })
})
