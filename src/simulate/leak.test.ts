import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GIB, MIB } from '../model/bytes.ts'
import { type Leak, reachOf } from './leak.ts'

const PER_HOUR = { bytes: 10 * MIB, seconds: 3_600 }

describe('the time until a leak reaches its limit', () => {
  it('is what is left, divided by the rate', () => {
    expect(reachOf({ limitBytes: 512 * MIB, startBytes: 0, rate: PER_HOUR }).hours).toBe(51.2)
    expect(reachOf({ limitBytes: 512 * MIB, startBytes: 112 * MIB, rate: PER_HOUR }).hours).toBe(40)
  })

  it('counts in the unit of the rate', () => {
    const perDay = { bytes: GIB, seconds: 86_400 }
    expect(reachOf({ limitBytes: 8 * GIB, startBytes: GIB, rate: perDay }).hours).toBe(168)
  })

  it('is also told for a share of the limit', () => {
    expect(reachOf({ limitBytes: 500 * MIB, startBytes: 0, rate: PER_HOUR }, 80)).toEqual({
      percent: 80,
      bytes: 400 * MIB,
      hours: 40,
    })
  })

  it('is never where memory stands still or shrinks', () => {
    const still = { bytes: 0, seconds: 1 }
    const shrinking = { bytes: -MIB, seconds: 1 }
    expect(reachOf({ limitBytes: GIB, startBytes: MIB, rate: still }).hours).toBeNull()
    expect(reachOf({ limitBytes: GIB, startBytes: MIB, rate: shrinking }).hours).toBeNull()
  })

  it('is nothing at or above the limit, whatever the rate', () => {
    const shrinking = { bytes: -MIB, seconds: 1 }
    expect(reachOf({ limitBytes: GIB, startBytes: GIB, rate: PER_HOUR }).hours).toBe(0)
    expect(reachOf({ limitBytes: GIB, startBytes: 2 * GIB, rate: shrinking }).hours).toBe(0)
  })

  it('never grows when the leak is faster, the start higher or the limit lower', () => {
    const bytes = fc.integer({ min: 1, max: 2 ** 52 })
    fc.assert(
      fc.property(bytes, bytes, bytes, bytes, (limitBytes, startBytes, perHour, more) => {
        const leak: Leak = { limitBytes, startBytes, rate: { bytes: perHour, seconds: 3_600 } }
        const hours = hoursOf(leak)
        expect(
          hoursOf({ ...leak, rate: { ...leak.rate, bytes: perHour + more } }),
        ).toBeLessThanOrEqual(hours)
        expect(hoursOf({ ...leak, startBytes: startBytes + more })).toBeLessThanOrEqual(hours)
        expect(hoursOf({ ...leak, limitBytes: limitBytes + more })).toBeGreaterThanOrEqual(hours)
      }),
    )
  })

  it('leads back to the limit', () => {
    const mebibytes = fc.integer({ min: 1, max: 2 ** 20 })
    fc.assert(
      fc.property(mebibytes, mebibytes, mebibytes, (limit, start, perHour) => {
        const hours = hoursOf({
          limitBytes: (start + limit) * MIB,
          startBytes: start * MIB,
          rate: { bytes: perHour * MIB, seconds: 3_600 },
        })
        expect(start + hours * perHour).toBeCloseTo(start + limit, 3)
      }),
    )
  })
})

function hoursOf(leak: Leak): number {
  return reachOf(leak).hours ?? Number.POSITIVE_INFINITY
}
