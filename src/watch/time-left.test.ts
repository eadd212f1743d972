import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { MIB } from '../model/bytes.ts'
import { timeLeft } from './time-left.ts'
import type { Approach } from './time-left.ts'

function approach(over: Partial<Approach>): Approach {
  const slope = { perSecond: MIB, low: 0.5 * MIB, high: 2 * MIB }
  return { limitBytes: 100 * MIB, usedBytes: 40 * MIB, slope, seconds: 30, hit: false, ...over }
}

it('is the way that is left, at the fastest and at the slowest', () => {
  expect(timeLeft(approach({}))).toEqual({ kind: 'seconds', low: 30, high: 120 })
})

it('has no end where the growth may be chance', () => {
  const slope = { perSecond: MIB, low: -MIB, high: 2 * MIB }
  expect(timeLeft(approach({ slope }))).toEqual({ kind: 'seconds', low: 30, high: null })
})

it.each([
  ['flat', { perSecond: 0, low: 0, high: 0 }],
  ['shrinking', { perSecond: -MIB, low: -2 * MIB, high: MIB }],
  ['less than the kernel charges ahead', { perSecond: 1_000, low: 900, high: 1_100 }],
])('is never: %s', (_name, slope) => {
  expect(timeLeft(approach({ slope }))).toEqual({ kind: 'never' })
})

it('is never where it takes more than a week', () => {
  const slope = { perSecond: 10_000, low: 10_000, high: 10_000 }
  expect(timeLeft(approach({ slope, limitBytes: 2 ** 40 }))).toEqual({ kind: 'never' })
})

it('is now at the limit, whatever the growth', () => {
  expect(timeLeft(approach({ usedBytes: 100 * MIB, slope: null }))).toEqual({ kind: 'now' })
  const flat = { perSecond: 0, low: 0, high: 0 }
  expect(timeLeft(approach({ usedBytes: 99 * MIB, slope: flat, hit: true }))).toEqual({
    kind: 'now',
  })
  expect(timeLeft(approach({ usedBytes: 99 * MIB, slope: flat }))).toEqual({ kind: 'never' })
})

it('is not now where the limit is hit by page cache, which goes away', () => {
  const flat = { perSecond: 0, low: 0, high: 0 }
  expect(timeLeft(approach({ usedBytes: 10 * MIB, slope: flat, hit: true }))).toEqual({
    kind: 'never',
  })
})

it('is not known without a rate or a use', () => {
  expect(timeLeft(approach({ slope: null }))).toEqual({ kind: 'unknown' })
  expect(timeLeft(approach({ usedBytes: null }))).toEqual({ kind: 'unknown' })
})

it('holds the time that a steady growth takes', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1024 }),
      fc.integer({ min: 1, max: 1023 }),
      fc.integer({ min: 1, max: 64 }),
      (limitMib, usedMib, rate) => {
        fc.pre(usedMib < limitMib)
        const perSecond = rate * MIB
        const left = timeLeft({
          limitBytes: limitMib * MIB,
          usedBytes: usedMib * MIB,
          slope: { perSecond, low: perSecond * 0.9, high: perSecond * 1.1 },
          seconds: 10,
          hit: null,
        })
        const truth = (limitMib - usedMib) / rate
        expect(left.kind).toBe('seconds')
        if (left.kind !== 'seconds') return
        expect(left.low).toBeLessThanOrEqual(truth)
        expect(left.high).toBeGreaterThanOrEqual(truth)
      },
    ),
  )
})
