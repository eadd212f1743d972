import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  shortBytes,
  shortChange,
  shortDuration,
  shortNumber,
  shortPercent,
} from './screen-figures.ts'

describe('a size', () => {
  it.each([
    [0, '0'],
    [512, '512'],
    [4096, '4Ki'],
    [12_900_000, '12.3Mi'],
    [33_554_432, '32Mi'],
    [1023.9 * 1024, '1Mi'],
    [1000 * 1024 ** 3, '1000Gi'],
    [-1024 * 1024, '-1Mi'],
    [null, '-'],
  ])('%s is %s', (bytes, text) => {
    expect(shortBytes(bytes)).toBe(text)
  })

  it('takes six columns at most, and is right to a twentieth', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 52 }), (bytes) => {
        const text = shortBytes(bytes)
        expect(text.length).toBeLessThanOrEqual(6)
        const [, number, unit = ''] = /^([\d.]+)(\w*)$/.exec(text) ?? []
        const factor = 1024 ** ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'].indexOf(unit)
        expect(Math.abs(Number(number) * factor - bytes)).toBeLessThanOrEqual(bytes * 0.05)
      }),
    )
  })
})

it.each([
  [3 * 1024 ** 2, '+3Mi'],
  [-3 * 1024 ** 2, '-3Mi'],
  [0.2, '0'],
  [-0.2, '0'],
  [null, '-'],
])('a change of %s is %s', (bytes, text) => {
  expect(shortChange(bytes)).toBe(text)
})

it.each([
  [0.034, '3.4%'],
  [0.5, '50%'],
  [1, '100%'],
  [37, '>999%'],
  [null, '-'],
])('a share of %s is %s', (share, text) => {
  expect(shortPercent(share)).toBe(text)
})

it.each([
  [0, '0'],
  [0.25, '0.3'],
  [12.34, '12.3'],
  [512, '512'],
  [4_200, '4.2k'],
  [2_500_000, '2.5M'],
  [null, '-'],
])('a number of %s is %s', (value, text) => {
  expect(shortNumber(value)).toBe(text)
})

it.each([
  [0, '0s'],
  [99, '99s'],
  [100, '2m'],
  [200, '3m'],
  [7_200, '2h'],
  [47 * 3600, '47h'],
  [6 * 86_400, '6d'],
])('%s seconds are %s', (seconds, text) => {
  expect(shortDuration(seconds)).toBe(text)
})
