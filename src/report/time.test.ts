import { expect, test } from 'vitest'
import { localTime } from './time.ts'

const NOON = Date.UTC(2026, 0, 31, 12)

test.each([
  [0, '2026-01-31 12:00:00.000 +00:00'],
  [120, '2026-01-31 14:00:00.000 +02:00'],
  [-210, '2026-01-31 08:30:00.000 -03:30'],
  [825, '2026-02-01 01:45:00.000 +13:45'],
])('an offset of %i minutes is said and applied', (offset, expected) => {
  expect(localTime(NOON, () => offset)).toBe(expected)
})

test.each([null, Number.NaN, Infinity, 9e15])('%s is no time', (at) => {
  expect(localTime(at)).toBe('at an unknown time')
})
