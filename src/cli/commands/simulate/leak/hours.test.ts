import fc from 'fast-check'
import { expect, it } from 'vitest'
import { hoursInWords } from './hours.ts'

it.each([
  [51.2, '51.2 hours (2 days 3 hours)'],
  [1, '1 hour'],
  [1.5, '1.5 hours (1 hour 30 minutes)'],
  [24, '24 hours (1 day)'],
  [23.9999, '24 hours (1 day)'],
  [59.6 / 3_600, '1 minute'],
  [0.9999, '1 hour'],
  [0.5, '30 minutes'],
  [1 / 60, '1 minute'],
  [90 / 3_600, '1 minute 30 seconds'],
  [2 / 3_600, '2 seconds'],
  [1e-6, 'less than a second'],
  [9_000, '9000 hours (375 days)'],
])('%d hours are %s', (hours, words) => {
  expect(hoursInWords(hours)).toBe(words)
})

it('never tells of a part as large as the unit before it', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 1e12, noNaN: true }), (hours) => {
      const words = hoursInWords(hours)
      expect(words).not.toMatch(/\b(24 hours \d|60 minutes|60 seconds)/)
      expect(words).not.toMatch(/NaN|Infinity|undefined/)
    }),
  )
})
