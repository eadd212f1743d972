import { expect, it } from 'vitest'
import { MIB } from '../model/bytes.ts'
import { plateauOf } from './plateau.ts'

/** The level that a series with these values, in MiB, comes to. */
function plateau(count: number, valueAt: (index: number) => number): number | null {
  const needs = Array.from({ length: count }, (_, at) => ({
    at,
    bytes: valueAt(at) * MIB,
    measure: 'usage' as const,
  }))
  const found = plateauOf(needs)
  return found === null ? null : found / MIB
}

it.each([60, 120, 200])(
  'what halves its way to 300 MiB comes to that, after %i samples',
  (count) => {
    expect(plateau(count, (index) => 300 - 280 * 2 ** (-index / 40))).toBeCloseTo(300, 0)
  },
)

it.each<[string, number, (index: number) => number]>([
  ['it has come to rest', 300, (index) => 300 - 280 * 2 ** -index],
  ['it still rises by less than a hundredth', 101, (index) => 100 + index / 100],
  ['it falls again', 150, (index) => (index < 50 ? index : 200 - index)],
])('%s: what it had at most of late', (_, level, valueAt) => {
  expect(plateau(100, valueAt)).toBeCloseTo(level, 0)
})

it.each<[string, number, (index: number) => number]>([
  ['it rises as before', 100, (index) => 20 + index],
  ['it rises ever faster', 100, (index) => 20 + 2 ** (index / 10)],
  ['it rises after a fall', 100, (index) => (index < 75 ? 200 - index : 2 * index)],
  [
    'it levels off so slowly that the end is far away',
    100,
    (index) => 900 - 880 * 2 ** (-index / 400),
  ],
  ['there is next to nothing of it', 3, () => 100],
])('no level is told where %s', (_, count, valueAt) => {
  expect(plateau(count, valueAt)).toBeNull()
})
