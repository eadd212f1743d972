import { expect, test } from 'vitest'
import { sampleCase } from '../../test/support/sample-case.ts'
import { localTime, timeOfCase, withLocalTimes } from './time.ts'

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

test('a case about what lives has the time at which it was seen', () => {
  const { verdict, evidence } = sampleCase()
  const [first] = evidence
  const alive = { ...verdict, code: 'healthy', because: [first?.id ?? ''] } as const
  const seen = evidence.map((one) => ({ ...one, at: one === first ? NOON : null }))
  expect(timeOfCase(sampleCase({ at: null, verdict: alive, evidence: seen }))).toBe(
    `it lives; seen at ${localTime(NOON)}`,
  )
  const undated = evidence.map((one) => ({ ...one, at: null }))
  expect(timeOfCase(sampleCase({ at: null, verdict: alive, evidence: undated }))).toBe('it lives')
  expect(timeOfCase(sampleCase({ at: null }))).toBe('at an unknown time')
})

test('times in a text become local, and nothing else does', () => {
  const text =
    'killed at 2026-01-31T12:00:00.000Z, image a:2026-01-31, again at 2026-01-31T12:00:01Z'
  expect(withLocalTimes(text, () => 330)).toBe(
    'killed at 2026-01-31 17:30:00.000 +05:30, image a:2026-01-31, again at 2026-01-31 17:30:01.000 +05:30',
  )
})
