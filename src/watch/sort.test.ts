import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { row } from '../../test/support/watched.ts'
import { SORT_KEYS, sortRows } from './sort.ts'
import type { SortKey } from './sort.ts'
import type { LimitState } from './binding.ts'
import type { Row } from './row.ts'

function limit(usedBytes: number, limitBytes: number): LimitState {
  return { scope: 'own', path: '/', limitBytes, usedBytes, headroomBytes: null }
}

function order(rows: readonly Row[], key: SortKey, reverse = false): string[] {
  return sortRows(rows, key, reverse).map(({ name }) => name)
}

const ROWS: Record<SortKey, readonly Row[]> = {
  usage: [
    row({ name: 'small', usageBytes: 1 }),
    row({ name: 'unknown', usageBytes: null, chargeBytes: null }),
    row({ name: 'large', usageBytes: 9 }),
  ],
  percent: [
    row({ name: 'small', limit: limit(1, 100) }),
    row({ name: 'unknown' }),
    row({ name: 'large', limit: limit(1, 2) }),
  ],
  pressure: [
    row({ name: 'small', pressure: { someAvg10: 1, fullAvg10: 0 } }),
    row({ name: 'unknown' }),
    row({ name: 'large', limitHitsPerSecond: 300 }),
  ],
  growth: [
    row({ name: 'small', growthBytesPerMinute: -5 }),
    row({ name: 'unknown' }),
    row({ name: 'large', growthBytesPerMinute: 5 }),
  ],
  time: [
    row({ name: 'small', timeLeft: { kind: 'seconds', low: 90, high: null } }),
    row({ name: 'unknown' }),
    row({ name: 'large', timeLeft: { kind: 'seconds', low: 20, high: 400 } }),
  ],
  dirty: [
    row({ name: 'small', dirtyBytes: 0 }),
    row({ name: 'unknown', dirtyBytes: null }),
    row({ name: 'large', dirtyBytes: 5 }),
  ],
  name: [row({ name: 'small' }), row({ name: 'unknown' }), row({ name: 'large' })],
}

it.each(SORT_KEYS.filter((key) => key !== 'name'))('puts first what is most by %s', (key) => {
  expect(order(ROWS[key], key)).toEqual(['large', 'small', 'unknown'])
  expect(order(ROWS[key], key, true)).toEqual(['small', 'large', 'unknown'])
})

it('sorts names as names', () => {
  expect(order(ROWS.name, 'name')).toEqual(['large', 'small', 'unknown'])
  expect(order(ROWS.name, 'name', true)).toEqual(['unknown', 'small', 'large'])
})

it('puts the one at its limit first and those that never get there last', () => {
  const rows = [
    row({ name: 'never', limit: limit(1, 2), timeLeft: { kind: 'never' } }),
    row({ name: 'soon', timeLeft: { kind: 'seconds', low: 1, high: 2 } }),
    row({ name: 'now', timeLeft: { kind: 'now' } }),
  ]
  expect(order(rows, 'time')).toEqual(['now', 'soon', 'never'])
})

it('loses and makes up no row, and does not depend on the order they came in', () => {
  const some = fc.record({
    usageBytes: fc.option(fc.nat({ max: 5 })),
    growthBytesPerMinute: fc.option(fc.integer({ min: -3, max: 3 })),
  })
  fc.assert(
    fc.property(fc.array(some), fc.constantFrom(...SORT_KEYS), (figures, key) => {
      const rows = figures.map((each, index) =>
        row({ ...each, path: `/${index}`, name: `${index}` }),
      )
      const sorted = order(rows, key)
      expect(sorted.toSorted()).toEqual(rows.map(({ name }) => name).toSorted())
      expect(order(rows.toReversed(), key)).toEqual(sorted)
    }),
  )
})
