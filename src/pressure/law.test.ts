import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GIB } from '../model/bytes.ts'
import { limitMoves, rampBytes } from './law.ts'

const size = fc.integer({ min: 1, max: 64 * GIB })
const ms = fc.integer({ min: 0, max: 3_600_000 })

describe('the ramp', () => {
  it('never shrinks, never goes above what was asked for, and gets there', () => {
    fc.assert(
      fc.property(size, ms, fc.array(ms, { minLength: 2 }), (bytes, rampMs, times) => {
        const held = times
          .toSorted((one, other) => one - other)
          .map((at) => rampBytes(at, bytes, { rampMs, holdMs: 0 }))
        expect(held).toEqual(held.toSorted((one, other) => one - other))
        expect(Math.max(...held)).toBeLessThanOrEqual(bytes)
        expect(rampBytes(rampMs, bytes, { rampMs, holdMs: 0 })).toBe(bytes)
      }),
    )
  })

  it('is no step: at half of the time it is about half', () => {
    expect(rampBytes(5_000, GIB, { rampMs: 10_000, holdMs: 0 })).toBe(GIB / 2)
    expect(rampBytes(0, GIB, { rampMs: 10_000, holdMs: 0 })).toBe(0)
  })
})

describe('a limit that comes down', () => {
  const page = fc.integer({ min: 1, max: 2 ** 24 }).map((pages) => pages * 4096)

  it('comes down in whole pages, and ends where it shall', () => {
    fc.assert(
      fc.property(fc.option(size), page, ms, (from, to, rampMs) => {
        const moves = limitMoves(from, to, { rampMs, holdMs: 0 })
        const limits = moves.map(({ limitBytes }) => limitBytes)
        expect(limits.at(-1)).toBe(to)
        expect(new Set(limits).size).toBe(limits.length)
        expect(limits).toEqual(limits.toSorted((one, other) => other - one))
        for (const limit of limits) {
          expect(limit % 4096).toBe(0)
          expect(limit).toBeLessThanOrEqual(Math.max(from ?? to, to))
        }
        expect(moves.at(-1)?.atMs ?? 0).toBeLessThanOrEqual(rampMs)
      }),
    )
  })
})
