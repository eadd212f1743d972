import { expect, test } from 'vitest'
import { MIB } from '../../model/bytes.ts'
import {
  cgroupState,
  incident,
  oomReport,
  reportOfUsage,
  seen,
} from '../../../test/support/incident.ts'
import { onEveryKernel, recordedCase, recordedCauses } from '../../../test/support/recorded.ts'
import { kernelMemory } from './kernel-memory.ts'

test.each(['edge-cases/30-kernel-memory-pipes', 'edge-cases/30-kernel-memory-dentries'])(
  'what no process list shows is told: %s',
  async (fixture) => {
    const { causes } = await recordedCase(fixture)
    expect(causes[0]).toMatchObject({ code: 'kernel-memory', confidence: 'certain' })
  },
)

test.each([...onEveryKernel('own-limit'), ...onEveryKernel('tmpfs')])(
  'memory of processes and files is not the kernel’s: %s',
  async (fixture) => {
    expect(await recordedCauses(fixture)).not.toContain('kernel-memory')
  },
)

test('two fifths of the charge are enough, less is not', () => {
  const withKernel = (mib: number) =>
    kernelMemory.find(
      incident({ reports: [seen(reportOfUsage({ anon: 99 - mib, file: 0, kernel: mib }))] }),
    )
  expect(withKernel(40)?.summary).toContain('40 MiB of 100 MiB')
  expect(withKernel(39)).toBeNull()
})

test('before 5.18 it is what anonymous memory and cache leave', () => {
  const find = (anon: number) =>
    kernelMemory.find(incident({ reports: [seen(reportOfUsage({ anon, file: 10, shmem: 0 }))] }))
  expect(find(50)?.summary).toContain('40 MiB of 100 MiB')
  expect(find(51)).toBeNull()
})

test('cgroup v1 counts it by itself', () => {
  const kmem = { usageBytes: 45 * MIB, limitBytes: null, failcnt: 0 }
  const { stat } = reportOfUsage({ total_rss: 98, total_cache: 0 })
  expect(kernelMemory.find(incident({ reports: [seen(oomReport({ stat, kmem }))] }))).not.toBeNull()
})

test('of a living group the little that any process needs of the kernel is no reason to look', () => {
  const living = (kernelMib: number, limitMib: number | null) => {
    const usageBytes = kernelMib * 2 * MIB
    const group = cgroupState({
      usageBytes,
      kmemUsageBytes: kernelMib * MIB,
      limitBytes: limitMib === null ? null : limitMib * MIB,
      stat: new Map([
        ['total_rss', usageBytes / 2],
        ['total_cache', 0],
      ]),
      populated: true,
    })
    const groups = { own: seen(group), ancestors: [], nested: [] }
    return kernelMemory.find(incident({ reports: [], groups }))
  }
  expect(living(0.25, 64)).toBeNull()
  expect(living(6.5, 64)).not.toBeNull()
  expect(living(15, null)).toBeNull()
  expect(living(16, null)).not.toBeNull()
})
