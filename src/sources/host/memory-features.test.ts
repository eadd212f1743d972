import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { fakeReader } from '../../../test/support/fake-reader.ts'
import { readKsmOfProcess } from '../proc/ksm.ts'
import { hostReader } from '../reader.ts'
import { readKsm, readPageSize } from './ksm.ts'
import { readLruGen } from './lru-gen.ts'

const SMAPS =
  '00400000-00401000 r-xp 00000000 fe:00 1 /x\nSize: 4 kB\nKernelPageSize:        4 kB\n'

it.each([
  ['0x0007\n', true],
  ['0x0000\n', false],
  ['0x0006\n', false],
  ['whatever\n', null],
])('knows whether pages are aged by generations: %j', (text, on) => {
  using reader = fakeReader({ files: { 'sys/kernel/mm/lru_gen/enabled': text } })
  expect(readLruGen(reader)).toBe(on)
})

it('knows that a kernel without it has it off, and nothing where /sys is not there', () => {
  using without = fakeReader({ files: { 'sys/kernel/mm/ksm/run': '0\n' } })
  expect(readLruGen(without)).toBe(false)
  using nothing = fakeReader()
  expect(readLruGen(nothing)).toBeNull()
  mkdirSync(join(nothing.root, 'sys/kernel/mm/lru_gen'), { recursive: true })
  expect(readLruGen(nothing)).toBeNull()
})

it('reads what same-page merging does, on old kernels and new ones', () => {
  const old = { 'proc/self/smaps': SMAPS, 'sys/kernel/mm/ksm/run': '1\n' }
  using before = fakeReader({ files: old })
  expect(readKsm(before)).toEqual({
    run: 1,
    pageSizeBytes: 4096,
    pagesShared: null,
    pagesSharing: null,
    generalProfitBytes: null,
  })
  const files = {
    ...old,
    'sys/kernel/mm/ksm/pages_shared': '250\n',
    'sys/kernel/mm/ksm/pages_sharing': '3828\n',
    'sys/kernel/mm/ksm/general_profit': '-4096\n',
  }
  using after = fakeReader({ files })
  expect(readKsm(after)).toMatchObject({
    pagesShared: 250,
    pagesSharing: 3828,
    generalProfitBytes: -4096,
  })
  using without = fakeReader({ files: { 'proc/self/smaps': SMAPS } })
  expect(readKsm(without)).toBeNull()
})

it('reads how much of a process is merged, from whichever file the kernel has', () => {
  const stat =
    'ksm_rmap_items 2048\nksm_zero_pages 0\nksm_merging_pages 2039\nksm_process_profit -64\n'
  using now = fakeReader({ files: { 'proc/7/ksm_stat': stat } })
  expect(readKsmOfProcess(now, 7)).toEqual({ pid: 7, mergingPages: 2039, profitBytes: -64 })
  const on61 = { 'proc/7/ksm_stat': 'ksm_rmap_items 9\n', 'proc/7/ksm_merging_pages': '12\n' }
  using before = fakeReader({ files: on61 })
  expect(readKsmOfProcess(before, 7)).toEqual({ pid: 7, mergingPages: 12, profitBytes: null })
  using without = fakeReader()
  expect(readKsmOfProcess(without, 7)).toBeNull()
})

it('knows the size of a page here', () => {
  expect([4096, 16_384, 65_536]).toContain(readPageSize(hostReader()))
})
