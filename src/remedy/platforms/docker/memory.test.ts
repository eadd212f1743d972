import fc from 'fast-check'
import { expect, it } from 'vitest'
import { MIB } from '../../../model/bytes.ts'
import { cgroupState } from '../../../parsers/cgroup/state.ts'
import { memoryFor, refuseBelowUsage, refuseTooSmall } from './memory.ts'

const size = fc.integer({ min: 6 * MIB, max: 2 ** 44 })

it('keeps the amount of swap for every limit', () => {
  fc.assert(
    fc.property(size, fc.integer({ min: 0, max: 2 ** 40 }), size, (before, swap, after) => {
      fc.pre(swap !== before)
      const now = { Memory: before, MemorySwap: before + swap, MemoryReservation: 0 }
      expect(memoryFor(now, after)).toEqual({
        Memory: after,
        MemorySwap: after + swap,
        MemoryReservation: 0,
      })
    }),
  )
})

it.each([
  ['twice the limit stays twice', 32, 64, 256, 512],
  ['no limit gets the default', 0, 0, 256, 512],
  ['no limit with unlimited swap', 0, -1, 256, -1],
  ['unlimited stays unlimited', 32, -1, 256, -1],
  ['none stays none', 32, 32, 256, 256],
])('%s', (_label, memory, total, limit, expected) => {
  const inBytes = (megabytes: number): number => (megabytes < 0 ? -1 : megabytes * MIB)
  const now = { Memory: inBytes(memory), MemorySwap: inBytes(total), MemoryReservation: 0 }
  expect(memoryFor(now, limit * MIB).MemorySwap).toBe(inBytes(expected))
})

it('lets no reservation stand above the limit, and touches no other', () => {
  fc.assert(
    fc.property(size, size, (reservation, limit) => {
      const now = { Memory: 2 ** 45, MemorySwap: 2 ** 46, MemoryReservation: reservation }
      expect(memoryFor(now, limit).MemoryReservation).toBe(Math.min(reservation, limit))
    }),
  )
})

it('refuses what no engine takes', () => {
  expect(() => refuseTooSmall(6 * MIB - 1)).toThrow(/less than the 6 MiB/)
  expect(() => refuseTooSmall(6 * MIB)).not.toThrow()
})

it.each([
  [1, 'memory.usage_in_bytes', 'total_inactive_file'],
  [2, 'memory.current', 'inactive_file'],
] as const)('counts clean page cache as room in cgroup v%i', (_version, usage, cache) => {
  const group = (kept: number, clean: number) =>
    cgroupState(
      new Map([
        [usage, `${(kept + clean) * MIB}`],
        ['memory.stat', `${cache} ${clean * MIB}\n`],
      ]),
      '/docker/x',
    )
  expect(() => refuseBelowUsage(group(50, 200), 64 * MIB)).not.toThrow()
  expect(() => refuseBelowUsage(group(63, 0), 64 * MIB)).toThrow(/uses 63 MiB .* 64 MiB would not/)
  expect(() => refuseBelowUsage(null, 64 * MIB)).not.toThrow()
})
