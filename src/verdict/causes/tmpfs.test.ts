import { expect, test } from 'vitest'
import { incident, oomReport, reportOfUsage, seen } from '../../../test/support/incident.ts'
import { onEveryKernel, recordedCase, recordedCauses } from '../../../test/support/recorded.ts'
import { tmpfs } from './tmpfs.ts'

test.each([...onEveryKernel('tmpfs'), 'edge-cases/29-sysv-shared-memory'])(
  'shared files that fill the limit are named before anything else: %s',
  async (fixture) => {
    const { causes } = await recordedCase(fixture)
    expect(causes[0]).toMatchObject({ code: 'tmpfs', confidence: 'certain' })
    expect(causes[0]?.because).not.toEqual([])
  },
)

test.each([...onEveryKernel('own-limit'), ...onEveryKernel('page-cache')])(
  'neither own memory nor page cache is tmpfs: %s',
  async (fixture) => {
    expect(await recordedCauses(fixture)).not.toContain('tmpfs')
  },
)

test('two fifths of the charge are enough, less is not', () => {
  const withShmem = (mib: number) =>
    tmpfs.find(incident({ reports: [seen(reportOfUsage({ anon: 50, file: mib, shmem: mib }))] }))
  expect(withShmem(40)?.summary).toContain('40 MiB of 100 MiB')
  expect(withShmem(39)).toBeNull()
})

test('cgroup v1 writes it as total_shmem', () => {
  const report = reportOfUsage({ total_cache: 60, total_rss: 30, total_shmem: 60, shmem: 0 })
  expect(tmpfs.find(incident({ reports: [seen(report)] }))).not.toBeNull()
})

test('a report without statistics shows no tmpfs', () => {
  expect(tmpfs.find(incident({ reports: [seen(oomReport({ stat: new Map() }))] }))).toBeNull()
})
