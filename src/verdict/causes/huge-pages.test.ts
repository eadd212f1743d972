import { expect, test } from 'vitest'
import { MIB } from '../../model/bytes.ts'
import { incident, oomReport, reportOfUsage, seen } from '../../../test/support/incident.ts'
import { onEveryKernel, recordedCauses } from '../../../test/support/recorded.ts'
import { hugePages } from './huge-pages.ts'

function find(totalMib: number, hugeMib: number, key = 'anon_thp') {
  const { stat } = reportOfUsage({ anon: totalMib, [key]: hugeMib })
  const memory = { usageBytes: totalMib * MIB, limitBytes: totalMib * MIB, failcnt: 1 }
  return hugePages.find(incident({ reports: [seen(oomReport({ stat, memory }))] }))
}

test('mostly huge pages, and enough of them to matter', () => {
  expect(find(1_000, 600)?.summary).toContain('600 MiB of 1000 MiB')
  expect(find(1_000, 599)).toBeNull()
  expect(find(300, 256)).not.toBeNull()
  expect(find(300, 255)).toBeNull()
})

test('it is never more than possible', () => {
  expect(find(1_000, 1_000)?.confidence).toBe('possible')
})

test('cgroup v1 calls them rss_huge', () => {
  expect(find(1_000, 600, 'total_rss_huge')).not.toBeNull()
})

test.each(onEveryKernel('own-limit'))('32 MiB are no matter of huge pages: %s', async (fixture) => {
  expect(await recordedCauses(fixture)).not.toContain('huge-pages')
})
