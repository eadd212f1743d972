import fc from 'fast-check'
import { expect, test } from 'vitest'
import { StellaError } from '../model/errors.ts'
import { parseDuration } from './duration.ts'

const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400 }

test('a whole number with its unit is that many seconds', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 36_525 }),
      fc.constantFrom('s', 'm', 'h', 'd'),
      (n, unit) => {
        expect(parseDuration(`${n}${unit}`)).toBe(n * (SECONDS[unit] ?? 0) * 1_000)
      },
    ),
  )
})

test('anything else is refused with the next step, and never read as a number', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^-?\d*\.?\d*[a-zA-Z]{0,2}$/)), (text) => {
      fc.pre(!/^\d+[smhd]$/.test(text))
      expect(() => parseDuration(text)).toThrow(StellaError)
    }),
  )
})

test.each(['0s', '36526d', '999999999999d', '1.5h', '1H', '1h30m', ' 1h', '5', ''])(
  '%j is refused',
  (text) => {
    expect(() => parseDuration(text)).toThrow(StellaError)
  },
)
