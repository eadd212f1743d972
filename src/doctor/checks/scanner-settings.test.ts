import { expect, it } from 'vitest'
import { judge, statusOf } from '../../../test/support/scanner-view.ts'
import { newPool } from '../../store/scanner/pools.ts'
import { scannerSettings } from './scanner-settings.ts'

it('is content with the usual settings, up to half of a limit', () => {
  expect(statusOf(scannerSettings, {})).toBe('pass')
  const half = new Map([['sbom.streaming_threshold', '2Gi']])
  expect(statusOf(scannerSettings, { set: half })).toBe('pass')
})

it('warns of images that are taken into memory that no worker has', () => {
  const set = new Map([['sbom.streaming_threshold', '3Gi']])
  expect(judge(scannerSettings, { set }).problems).toMatchObject([
    {
      status: 'warn',
      says: 'images of up to 3 GiB are taken into memory, and a worker of default has 4 GiB',
      mend: { change: { acts: [{ key: 'sbom.streaming_threshold', value: '1Gi' }] } },
    },
  ])
  const small = [newPool('default', 1), { ...newPool('small', 1), memory: '512Mi' }]
  expect(judge(scannerSettings, { pools: small }).problems).toMatchObject([
    { mend: { change: { acts: [{ value: '128Mi' }] } } },
  ])
  const nobody = [newPool('default', 1), { ...newPool('small', 0), memory: '512Mi' }]
  expect(statusOf(scannerSettings, { pools: nobody })).toBe('pass')
})

it('warns of jobs that are tried once', () => {
  const set = new Map([['jobs.max_attempts', '1']])
  expect(judge(scannerSettings, { set }).problems).toMatchObject([
    { status: 'warn', mend: { change: { acts: [{ key: 'jobs.max_attempts', value: null }] } } },
  ])
})
