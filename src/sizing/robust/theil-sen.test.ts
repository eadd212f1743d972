import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { slopeOf } from './theil-sen.ts'

const line = fc.record({
  start: fc.integer({ min: 0, max: 2 ** 40 }),
  perSecond: fc.integer({ min: -(2 ** 20), max: 2 ** 20 }),
  count: fc.integer({ min: 3, max: 61 }),
})

function seconds(count: number): number[] {
  return Array.from({ length: count }, (_, index) => 1_000 + index)
}

describe('the slope of a series', () => {
  it('is that of a straight line, known exactly', () => {
    fc.assert(
      fc.property(line, ({ start, perSecond, count }) => {
        const times = seconds(count)
        const slope = slopeOf(
          times,
          times.map((_, index) => start + index * perSecond),
        )
        expect(slope?.perSecond).toBeCloseTo(perSecond, 3)
        expect(slope?.low).toBeCloseTo(perSecond, 3)
        expect(slope?.high).toBeCloseTo(perSecond, 3)
      }),
    )
  })

  it('is not moved by one wild value, wherever it stands', () => {
    fc.assert(
      fc.property(
        line,
        fc.nat(),
        fc.integer({ min: 0, max: 2 ** 45 }),
        ({ start, perSecond, count }, place, wild) => {
          fc.pre(count >= 9)
          const times = seconds(count)
          const values = times.map((_, index) => start + index * perSecond)
          values[place % count] = wild
          expect(slopeOf(times, values)?.perSecond).toBeCloseTo(perSecond, 3)
        },
      ),
    )
  })

  it('lies between its bounds, whatever the values', () => {
    const values = fc.array(fc.option(fc.integer({ min: 0, max: 2 ** 40 }), { nil: Number.NaN }), {
      maxLength: 61,
    })
    fc.assert(
      fc.property(values, (series) => {
        const slope = slopeOf(seconds(series.length), series)
        if (slope === null) return
        expect(slope.low).toBeLessThanOrEqual(slope.perSecond)
        expect(slope.high).toBeGreaterThanOrEqual(slope.perSecond)
      }),
    )
  })

  it('turns round with the series', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 2 ** 30 }), { minLength: 3, maxLength: 13 }), (values) => {
        const times = seconds(values.length)
        const up = slopeOf(times, values)
        const down = slopeOf(
          times,
          values.map((value) => -value),
        )
        expect(down?.perSecond).toBeCloseTo(-(up?.perSecond ?? 0), 6)
      }),
    )
  })

  it('holds the true slope of a noisy line in four of five cases', () => {
    let seed = 1
    const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647
    const runs = 400
    let held = 0
    for (let run = 0; run < runs; run++) {
      const times = seconds(61)
      const slope = slopeOf(
        times,
        times.map((_, index) => index * 10 + (random() + random() + random()) * 100),
      )
      if (slope !== null && slope.low <= 10 && slope.high >= 10) held++
    }
    expect(held / runs).toBeGreaterThan(0.74)
    expect(held / runs).toBeLessThan(0.93)
  })

  it('takes no note of what is not known, and of what came before', () => {
    const times = seconds(8)
    const values = [9e9, Number.NaN, 20, Number.NaN, 40, 50, Number.NaN, 70]
    expect(slopeOf(times, values, 1)?.perSecond).toBeCloseTo(10, 6)
  })

  it('is not known from two values', () => {
    expect(slopeOf([1, 2, 3], [5, Number.NaN, 9])).toBeNull()
    expect(slopeOf([], [])).toBeNull()
  })

  it('is nothing where nothing moves, nor where no time passed', () => {
    expect(slopeOf([1, 2, 3], [5, 5, 5])).toEqual({ perSecond: 0, low: 0, high: 0 })
    expect(slopeOf([1, 1, 1], [5, 6, 7])).toBeNull()
    expect(slopeOf([1, 1, 1], [5, 5, 5])).toBeNull()
  })
})
