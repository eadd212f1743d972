import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GIB, MIB } from '../../model/bytes.ts'
import { groupTotalBytes, hostTotalBytes, type SwapAllowance } from './total.ts'

const GROUP = { limitBytes: 512 * MIB, machineSwapBytes: 4 * GIB, swappiness: null }

describe('what scores of a group are relative to', () => {
  it.each<[string, SwapAllowance, number]>([
    ['no swap allowed', 0, 512 * MIB],
    ['as much swap as memory, as Docker allows by default', 512 * MIB, GIB],
    ['more swap than the machine has', 8 * GIB, 512 * MIB + 4 * GIB],
    ['swap without a limit', 'unlimited', 512 * MIB + 4 * GIB],
  ])('%s', (_says, swap, total) => {
    expect(groupTotalBytes({ ...GROUP, swap })).toBe(total)
  })

  it('is the limit alone on a machine without swap, and where swappiness is 0', () => {
    expect(groupTotalBytes({ ...GROUP, swap: 'unknown', machineSwapBytes: 0 })).toBe(512 * MIB)
    expect(groupTotalBytes({ ...GROUP, swap: 'unlimited', swappiness: 0 })).toBe(512 * MIB)
  })

  it('is not known where the swap of the machine is not, or what is allowed of it', () => {
    expect(groupTotalBytes({ ...GROUP, swap: 'unlimited', machineSwapBytes: null })).toBeNull()
    expect(groupTotalBytes({ ...GROUP, swap: 'unknown' })).toBeNull()
  })

  it('lies between the limit and the limit with all swap', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), (limitBytes, swap, machineSwapBytes) => {
        const total =
          groupTotalBytes({ limitBytes, swap, machineSwapBytes, swappiness: null }) ?? -1
        expect(total).toBeGreaterThanOrEqual(limitBytes)
        expect(total).toBeLessThanOrEqual(limitBytes + machineSwapBytes)
      }),
    )
  })
})

it('of the machine is RAM and swap, or not known', () => {
  expect(hostTotalBytes(8 * GIB, GIB)).toBe(9 * GIB)
  expect(hostTotalBytes(null, 0)).toBeNull()
  expect(hostTotalBytes(8 * GIB, null)).toBeNull()
})
