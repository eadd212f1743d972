import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  cgroupState,
  hostWith,
  incident,
  oomReport,
  processState,
  seen,
} from '../../test/support/incident.ts'
import { MIB } from '../model/bytes.ts'
import { NOTHING_ASKED } from './asked.ts'
import { billOfDead, billOfHost, billOfLiving, billOfProcess } from './bill.ts'

const KEYS = [
  'anon',
  'file',
  'shmem',
  'kernel',
  'kernel_stack',
  'pagetables',
  'percpu',
  'sock',
  'vmalloc',
  'zswap',
  'slab_reclaimable',
  'slab_unreclaimable',
  'file_dirty',
  'file_writeback',
  'inactive_file',
  'active_file',
  'inactive_anon',
  'active_anon',
  'unevictable',
  'swapcached',
  'rss',
  'cache',
  'total_rss',
  'total_cache',
  'total_shmem',
  'dirty',
  'total_dirty',
  'hierarchical_memory_limit',
  'hugetlb',
]
/** Counters race with each other, and overflow: negative ones and huge ones have been seen. */
const bytes = fc.oneof(fc.nat(2 ** 31), fc.constantFrom(0, -4096, -1, 2 ** 63, 2 ** 53))
const stat = fc
  .array(fc.tuple(fc.constantFrom(...KEYS), bytes), { maxLength: 30 })
  .map((pairs) => new Map(pairs))
const orNull = <T>(known: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(known)
const process = fc
  .record({
    pid: fc.nat(1000),
    rssBytes: orNull(bytes),
    pssBytes: orNull(bytes),
    pssAnonBytes: orNull(bytes),
    pageTableBytes: orNull(bytes),
    threads: orNull(fc.nat(1000)),
  })
  .map((known) => processState(known))

it('adds up whatever the counters say: items and rest are the charge, no item is negative', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(1 as const, 2 as const),
      bytes,
      stat,
      orNull(bytes),
      fc.array(process, { maxLength: 5 }),
      (version, usageBytes, counters, kmemUsageBytes, processes) => {
        const own = cgroupState({ path: '/a', version, usageBytes, stat: counters, kmemUsageBytes })
        const around = { groups: { own: seen(own), ancestors: [], nested: [] } }
        const bill = billOfLiving(
          incident({ ...around, processes: processes.map((one) => seen(one)) }),
          NOTHING_ASKED,
          [],
        )
        expect(bill).not.toBeNull()
        const items = bill?.items ?? []
        const sum = items.reduce((total, item) => total + item.bytes, 0)
        expect(sum + (bill?.unattributedBytes ?? 0)).toBeCloseTo(usageBytes, -4)
        for (const item of items) {
          expect(item.bytes).toBeGreaterThan(0)
          for (const { bytes: size } of item.parts) expect(size).toBeGreaterThan(0)
        }
        expect(bill?.unreclaimableBytes).toBeGreaterThanOrEqual(0)
        expect(new Set(items.map(({ name }) => name)).size).toBe(items.length)
      },
    ),
  )
})

it('counts v1 figures of the whole tree, once', () => {
  const own = cgroupState({
    path: '/a',
    version: 1,
    usageBytes: 50 * MIB,
    kmemUsageBytes: 2 * MIB,
    stat: new Map([
      ['rss', 1 * MIB],
      ['cache', 0],
      ['shmem', 0],
      ['total_rss', 30 * MIB],
      ['total_cache', 18 * MIB],
      ['total_shmem', 4 * MIB],
    ]),
  })
  const task = processState({ pid: 7, pageTableBytes: MIB / 2, threads: 16 })
  const bill = billOfLiving(
    incident({ groups: { own: seen(own), ancestors: [], nested: [] }, processes: [seen(task)] }),
    NOTHING_ASKED,
    [],
  )
  expect(bill?.items.map(({ name, bytes: size }) => [name, size / MIB])).toEqual([
    ['anonymous', 30],
    ['page cache', 14],
    ['shared memory and tmpfs', 4],
    ['page tables', 0.5],
    ['kernel stacks', 0.25],
    ['slab and other kernel memory', 1.25],
  ])
  expect(bill?.unattributedBytes).toBe(0)
})

it('bills the dead by the group whose limit was reached', () => {
  const report = oomReport({ oomMemcg: '/pod', taskMemcg: '/pod/app' })
  const bill = billOfDead(incident({ reports: [seen(report)] }), [])
  expect(bill).toMatchObject({ path: '/pod', moment: 'kill', chargeBytes: 100 * MIB })
})

it('has no bill for what tells nothing', () => {
  expect(billOfLiving(incident(), NOTHING_ASKED, [])).toBeNull()
  expect(billOfDead(incident({ reports: [seen(oomReport({ memory: null }))] }), [])).toBeNull()
  const kernelThread = processState({ pid: 2, rssBytes: null, pssBytes: null })
  expect(billOfProcess(kernelThread, null, { at: 0, asked: NOTHING_ASKED, unknown: [] })).toBeNull()
  expect(billOfHost(hostWith(), [], { at: 0, unknown: [] })).toBeNull()
})

it('says that a full group is mostly cache, or that it is not', () => {
  const full = (anon: number): string[] => {
    const own = cgroupState({
      path: '/a',
      version: 2,
      usageBytes: 100 * MIB,
      limitBytes: 100 * MIB,
      stat: new Map([
        ['anon', anon * MIB],
        ['file', (100 - anon) * MIB],
        ['shmem', 0],
      ]),
    })
    const around = { groups: { own: seen(own), ancestors: [], nested: [] } }
    return [...(billOfLiving(incident(around), NOTHING_ASKED, [])?.findings ?? [])]
  }
  expect(full(5)[0]).toBe(
    'the charge is 100 % of the limit, but all except 5 MiB is cache that the kernel drops by itself',
  )
  expect(full(95)[0]).toBe('95 MiB cannot be given back without swap: 95 % of the limit')
})
