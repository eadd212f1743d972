import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chance } from '../../../test/support/series-corpus-physics.ts'
import { driftOf } from './drift.ts'
import { median, quantile, sortedNumbers, spread } from './quantile.ts'
import { rankCorrelation } from './rank-correlation.ts'
import { saturationOf } from './saturation.ts'
import { slopeOf } from './theil-sen.ts'

const numbers = fc.array(fc.integer({ min: -1e9, max: 1e9 }), { minLength: 3, maxLength: 50 })

function steps(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}

describe('a quantile', () => {
  it('is the least, the middle and the most', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const sorted = sortedNumbers(values)
        expect(quantile(sorted, 0)).toBe(Math.min(...values))
        expect(quantile(sorted, 1)).toBe(Math.max(...values))
        const below = values.filter((value) => value <= median(values)).length
        expect(below).toBeGreaterThanOrEqual(values.length / 2)
      }),
    )
  })

  it('takes no note of what is no number', () => {
    expect(median([Number.NaN, 3, Infinity, 1, 2])).toBe(2)
    expect(median([])).toBeNaN()
  })
})

describe('the spread', () => {
  it('is the standard deviation of noise, and stays so with wild values in it', () => {
    const random = chance(3)
    const noise = Array.from({ length: 4_000 }, () => 5 * random.normal())
    expect(Math.abs(spread(noise) - 5)).toBeLessThan(0.3)
    expect(Math.abs(spread([...noise, ...noise.slice(0, 200).map(() => 1e9)]) - 5)).toBeLessThan(
      0.6,
    )
  })
})

describe('the slope', () => {
  it('moves with the values: scaled, shifted and tilted as they are', () => {
    fc.assert(
      fc.property(
        numbers,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: -1_000, max: 1_000 }),
        (values, scale, tilt) => {
          const times = steps(values.length)
          const own = slopeOf(times, values, 0, 48)
          const other = slopeOf(
            times,
            values.map((value, index) => scale * value + tilt * index + 7),
            0,
            48,
          )
          const expected = scale * (own?.perSecond ?? 0) + tilt
          expect(other?.perSecond).toBeCloseTo(expected, 0)
        },
      ),
    )
  })

  it('lies in its interval in about four of five cases, with as many points as growth uses', () => {
    const random = chance(11)
    const runs = 500
    let held = 0
    for (let run = 0; run < runs; run++) {
      const times = steps(48)
      const slope = slopeOf(
        times,
        times.map((time) => 3 * time + 40 * random.normal()),
        0,
        48,
      )
      if (slope !== null && slope.low <= 3 && slope.high >= 3) held++
    }
    expect(held / runs).toBeGreaterThan(0.75)
    expect(held / runs).toBeLessThan(0.87)
  })
})

describe('a rank correlation', () => {
  it('is that of order alone', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 3 }), (values) => {
        expect(
          rankCorrelation(
            values,
            values.map((value) => value ** 3),
          ),
        ).toBeCloseTo(1, 9)
        expect(
          rankCorrelation(
            values,
            values.map((value) => -value),
          ),
        ).toBeCloseTo(-1, 9)
      }),
    )
  })

  it('is none with what never changes', () => {
    expect(rankCorrelation([1, 2, 3], [5, 5, 5])).toBe(0)
    expect(rankCorrelation([], [])).toBe(0)
  })

  it('is small between things that have nothing to do with each other', () => {
    const random = chance(5)
    const [a, b] = [0, 0].map(() => Array.from({ length: 500 }, () => random.normal()))
    expect(Math.abs(rankCorrelation(a ?? [], b ?? []))).toBeLessThan(0.15)
  })
})

describe('a curve that slows down', () => {
  it('is found with its rise and its pace', () => {
    const random = chance(2)
    const times = steps(48)
    const curve = saturationOf(
      times,
      times.map((time) => 100 + 200 * (1 - Math.exp(-time / 9)) + random.normal()),
    )
    expect(Math.abs((curve?.rise ?? 0) - 200)).toBeLessThan(8)
    expect(Math.abs((curve?.seconds ?? 0) - 9)).toBeLessThan(2)
    expect(curve?.better).toBeGreaterThan(10)
  })

  it('is no better than a line where there is a line', () => {
    const random = chance(4)
    const times = steps(48)
    const curves = Array.from({ length: 50 }, () =>
      saturationOf(
        times,
        times.map((time) => 5 * time + 20 * random.normal()),
      ),
    )
    expect(curves.filter((curve) => (curve?.better ?? 0) > 10).length).toBeLessThanOrEqual(1)
  })
})

describe('a drift', () => {
  it('is seldom seen in what wanders without aim, and always in what rises', () => {
    const random = chance(9)
    let seen = 0
    for (let run = 0; run < 300; run++) {
      let value = 0
      if (driftOf(steps(48).map(() => (value += random.normal()))) > 2.5) seen++
    }
    expect(seen / 300).toBeLessThan(0.06)
    expect(driftOf(steps(48))).toBeGreaterThan(1_000)
    expect(driftOf(steps(48).map((time) => time + random.normal()))).toBeGreaterThan(4)
  })

  it('is none in three points', () => {
    expect(driftOf([1, 2, 3])).toBe(0)
  })
})
