import { expect, it } from 'vitest'
import { parseLookBack } from './look-back.ts'

const NOW = Date.UTC(2026, 10, 22, 12)

it('looks back by a duration, or to a time', () => {
  expect(parseLookBack('90s')(NOW)).toBe(NOW - 90_000)
  expect(parseLookBack('2026-11-22T10:00:00.5Z')(NOW)).toBe(NOW - 7_199_500)
  expect(parseLookBack('2026-11-22T11:00:00+01:00')(NOW)).toBe(NOW - 7_200_000)
})

it.each(['', '1', '1w', 'yesterday', '2026-11-22', '2026-11-22T', '2026-13-40T00:00:00Z'])(
  'refuses %j',
  (text) => {
    expect(() => parseLookBack(text)).toThrow(/is no time|is not a duration/)
  },
)
