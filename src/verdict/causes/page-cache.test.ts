import { expect, test } from 'vitest'
import { MIB } from '../../model/bytes.ts'
import { cgroupState, incident, reportOfUsage, seen } from '../../../test/support/incident.ts'
import { onEveryKernel, recordedCase, recordedCauses } from '../../../test/support/recorded.ts'
import { pageCache } from './page-cache.ts'

test.each([...onEveryKernel('page-cache'), 'edge-cases/63-page-cache-at-the-limit'])(
  'a living group full of cache is healthy, and no limit is to be raised for it: %s',
  async (fixture) => {
    const { verdict, causes, remedies } = await recordedCase(fixture)
    expect(verdict.code).toBe('healthy')
    expect(causes).toMatchObject([{ code: 'page-cache', confidence: 'certain' }])
    expect(remedies).toEqual([])
  },
)

test('cache at a kill is a fact, hardly its reason', async () => {
  const { causes } = await recordedCase('edge-cases/31-dirty-page-cache')
  expect(causes).toMatchObject([{ code: 'page-cache', confidence: 'possible' }])
})

test.each([...onEveryKernel('own-limit'), ...onEveryKernel('tmpfs')])(
  'own memory and tmpfs are no page cache: %s',
  async (fixture) => {
    expect(await recordedCauses(fixture)).not.toContain('page-cache')
  },
)

test('half of the charge, without tmpfs, and not still to be written', () => {
  const find = (parts: Record<string, number>) =>
    pageCache.find(incident({ reports: [seen(reportOfUsage({ anon: 20, ...parts }))] }))
  expect(find({ file: 50 })?.summary).toContain('50 MiB of 100 MiB')
  expect(find({ file: 49 })).toBeNull()
  expect(find({ file: 60, shmem: 11 })).toBeNull()
  expect(find({ file: 60, file_dirty: 24 })).not.toBeNull()
  expect(find({ file: 60, file_dirty: 25 })).toBeNull()
})

test('what an empty group still holds tells nothing, unless it fills the limit', () => {
  const emptied = (mib: number) =>
    pageCache.find(
      incident({
        reports: [],
        groups: {
          own: seen(
            cgroupState({
              usageBytes: mib * MIB,
              pids: [],
              stat: new Map([['file', mib * MIB]]),
            }),
          ),
          ancestors: [],
          nested: [],
        },
      }),
    )
  expect(emptied(49)).toBeNull()
  expect(emptied(50)).not.toBeNull()
})
