import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GIB, MIB } from '../model/bytes.ts'
import { forecastSwap, type SwapSetting } from './swap.ts'

const PLAIN: SwapSetting = {
  cgroup: 2,
  memoryBytes: 64 * MIB,
  memorySwapBytes: 0,
  swappiness: null,
  accounting: true,
  hostSwapBytes: null,
}

function forecast(given: Partial<SwapSetting>): Accepted {
  const made = forecastSwap({ ...PLAIN, ...given })
  if (made.refused !== null) throw new Error(made.refused)
  return made
}

type Accepted = Extract<ReturnType<typeof forecastSwap>, { refused: null }>

// HostConfig.MemorySwap and the files are what Docker 20.10 stored and wrote, on a host with v1 and in a guest with v2.
describe('what Docker makes of --memory-swap', () => {
  it.each([
    ['unset', 0, 128 * MIB, '134217728', '67108864', 64 * MIB],
    ['the same', 64 * MIB, 64 * MIB, '67108864', '0', 0],
    ['more', 100 * MIB, 100 * MIB, '104857600', '37748736', 36 * MIB],
    ['a byte more', 64 * MIB + 1, 64 * MIB + 1, '67108865', '1', 1],
  ])('%s', (_name, memorySwapBytes, stored, memsw, swapMax, swapBytes) => {
    const v1 = forecast({ cgroup: 1, memorySwapBytes })
    expect(v1.stored.memorySwapBytes).toBe(stored)
    expect(v1.files).toEqual([
      { file: 'memory.limit_in_bytes', value: '67108864' },
      { file: 'memory.memsw.limit_in_bytes', value: memsw },
    ])
    const v2 = forecast({ cgroup: 2, memorySwapBytes })
    expect(v2.stored.memorySwapBytes).toBe(stored)
    expect(v2.files).toEqual([
      { file: 'memory.max', value: '67108864' },
      { file: 'memory.swap.max', value: swapMax },
    ])
    for (const made of [v1, v2]) {
      expect(made.swapBytes).toBe(swapBytes)
      expect(made.killedAtBytes).toBe(64 * MIB + swapBytes)
    }
  })

  it('-1 leaves swap without a limit, so that the machine decides', () => {
    for (const cgroup of [1, 2] as const) {
      const made = forecast({ cgroup, memorySwapBytes: -1 })
      expect(made.stored.memorySwapBytes).toBe(-1)
      expect(made.files).toHaveLength(1)
      expect(made).toMatchObject({ allowedSwapBytes: null, swapBytes: null, killedAtBytes: null })
      expect(forecast({ cgroup, memorySwapBytes: -1, hostSwapBytes: GIB })).toMatchObject({
        swapBytes: GIB,
        killedAtBytes: GIB + 64 * MIB,
      })
    }
  })

  it('no -m at all limits nothing', () => {
    for (const memorySwapBytes of [0, -1]) {
      expect(forecast({ memoryBytes: 0, memorySwapBytes, hostSwapBytes: GIB })).toMatchObject({
        stored: { memoryBytes: 0, memorySwapBytes },
        files: [],
        swapBytes: GIB,
        killedAtBytes: null,
      })
    }
  })

  it.each([
    [{ memorySwapBytes: 63 * MIB }, /should be larger than memory limit/],
    [{ memoryBytes: 0, memorySwapBytes: 64 * MIB }, /always set the Memory limit/],
    [{ memoryBytes: 6 * MIB - 1 }, /Minimum memory limit allowed is 6MB/],
    [{ memoryBytes: 5 * MIB, memorySwapBytes: 3 * MIB }, /Minimum memory limit allowed is 6MB/],
  ])('refuses %j in its own words', (given, reason) => {
    for (const cgroup of [1, 2] as const) {
      expect(forecastSwap({ ...PLAIN, ...given, cgroup }).refused).toMatch(reason)
    }
    expect(forecastSwap({ ...PLAIN, memoryBytes: 6 * MIB }).refused).toBeNull()
  })

  it('gives 10g - 6g = 4 GiB', () => {
    const made = forecast({ memoryBytes: 6 * GIB, memorySwapBytes: 10 * GIB })
    expect(made).toMatchObject({ swapBytes: 4_294_967_296, killedAtBytes: 10 * GIB })
  })

  it('limits no swap where the kernel does not count it, and then refuses nothing for its sake', () => {
    for (const memorySwapBytes of [0, 64 * MIB, 63 * MIB, GIB]) {
      const made = forecast({ accounting: false, memorySwapBytes, hostSwapBytes: 4 * GIB })
      expect(made.stored.memorySwapBytes).toBe(-1)
      expect(made.files.map(({ file }) => file)).toEqual(['memory.max'])
      expect(made.warnings).toEqual([expect.stringContaining('Memory limited without swap')])
      expect(made.swapBytes).toBe(4 * GIB)
    }
    expect(forecast({ accounting: false, memorySwapBytes: -1 }).warnings).toEqual([])
    expect(forecast({ accounting: false, memoryBytes: 0 }).warnings).toEqual([])
  })
})

describe('--memory-swappiness', () => {
  it('0 keeps a group of v1 from swapping at its limit', () => {
    const made = forecast({ cgroup: 1, swappiness: 0, hostSwapBytes: GIB })
    expect(made.files).toContainEqual({ file: 'memory.swappiness', value: '0' })
    expect(made).toMatchObject({
      swapBytes: 0,
      allowedSwapBytes: 64 * MIB,
      killedAtBytes: 64 * MIB,
      neverSwaps: true,
    })
    expect(forecast({ cgroup: 1, swappiness: 1 }).swapBytes).toBe(64 * MIB)
  })

  it('is thrown away on v2, with a warning', () => {
    const made = forecast({ cgroup: 2, swappiness: 0 })
    expect(made.stored.swappiness).toBeNull()
    expect(made.warnings).toEqual([expect.stringContaining('swappiness discarded')])
    expect(made.swapBytes).toBe(64 * MIB)
  })
})

describe('the swap of the machine', () => {
  it('bounds what can be used: none is none', () => {
    expect(forecast({ hostSwapBytes: 0 })).toMatchObject({ swapBytes: 0, killedAtBytes: 64 * MIB })
    expect(forecast({ hostSwapBytes: 16 * MIB }).swapBytes).toBe(16 * MIB)
    expect(forecast({ hostSwapBytes: GIB }).swapBytes).toBe(64 * MIB)
  })

  it('never lets a container have more than it may, nor more than there is', () => {
    const settings = fc.record<SwapSetting>({
      cgroup: fc.constantFrom(1, 2),
      memoryBytes: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2 ** 45 })),
      memorySwapBytes: fc.oneof(fc.constantFrom(0, -1), fc.integer({ min: 1, max: 2 ** 46 })),
      swappiness: fc.option(fc.integer({ min: 0, max: 100 })),
      accounting: fc.boolean(),
      hostSwapBytes: fc.integer({ min: 0, max: 2 ** 45 }),
    })
    fc.assert(
      fc.property(settings, (setting) => {
        const made = forecastSwap(setting)
        if (made.refused !== null) return
        const swap = made.swapBytes ?? -1
        expect(swap).toBeGreaterThanOrEqual(0)
        expect(swap).toBeLessThanOrEqual(setting.hostSwapBytes ?? 0)
        expect(swap).toBeLessThanOrEqual(made.allowedSwapBytes ?? Infinity)
        if (setting.memoryBytes > 0) expect(made.killedAtBytes).toBe(setting.memoryBytes + swap)
        // What stands in the files is what is told.
        const values = new Map(made.files.map(({ file, value }) => [file, Number(value)]))
        const memsw = values.get('memory.memsw.limit_in_bytes')
        const told =
          memsw === undefined ? values.get('memory.swap.max') : memsw - setting.memoryBytes
        expect(told ?? null).toBe(made.allowedSwapBytes)
      }),
    )
  })
})
