import fc from 'fast-check'
import { expect, it } from 'vitest'

import { parseMemory, parseQuantity } from './quantity.ts'

it.each([
  ['256Mi', 268_435_456],
  ['256M', 256_000_000],
  ['256m', 0.256],
  ['1e3', 1_000],
  ['1E3', 1_000],
  ['1E', 1e18],
  ['1Ei', 2 ** 60],
  ['128974848', 128_974_848],
  [128_974_848, 128_974_848],
  ['1.5Gi', 1.5 * 2 ** 30],
  ['.5Gi', 2 ** 29],
  ['Gi', 0],
  ['5.', 5],
  ['+1k', 1_000],
  ['0', 0],
  ['1n', 1e-9],
  ['3u', 3e-6],
  ['2G', 2e9],
  ['2T', 2e12],
  ['2P', 2e15],
  ['2Ti', 2 ** 41],
  ['2Pi', 2 ** 51],
  ['.25Gi', 2 ** 28],
  ['1e+3', 1_000],
  ['5e-1', 0.5],
  ['1e12', 1e12],
  // In decimal units exactly what was written, not what a product of floats makes of it.
  ['7m', 0.007],
  ['128974848000m', 128_974_848],
])('%s is %d', (quantity, value) => {
  expect(parseQuantity(quantity)).toBe(value)
})

it.each([
  '512MB',
  '512mb',
  '1K',
  '1kb',
  '1 Gi',
  ' 1Gi',
  '',
  '.',
  '1e',
  '1.5.5',
  '0x10',
  null,
  true,
  ['1Gi'],
])('refuses %j, as the API server does', (quantity) => {
  expect(parseQuantity(quantity)).toBeNull()
})

it('does not take less than nothing for an amount of memory', () => {
  expect(parseMemory('-1')).toBeNull()
  expect(parseMemory('0')).toBe(0)
  expect(parseMemory(null)).toBeNull()
  expect(parseMemory('512MB')).toBeNull()
  expect(parseMemory('64Mi')).toBe(64 * 2 ** 20)
})

it('reads every whole number of bytes back, in any unit that divides it', () => {
  const suffixes = [
    ['', 1],
    ['k', 1e3],
    ['M', 1e6],
    ['Ki', 2 ** 10],
    ['Mi', 2 ** 20],
  ] as const
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 31 }),
      fc.constantFrom(...suffixes),
      (n, [suffix, unit]) => {
        expect(parseQuantity(`${n}${suffix}`)).toBe(n * unit)
      },
    ),
  )
})

it('never throws and never makes a number that is none', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      const parsed = parseQuantity(value)
      expect(parsed === null || Number.isFinite(parsed)).toBe(true)
    }),
  )
})
