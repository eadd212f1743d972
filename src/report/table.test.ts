import { expect, it } from 'vitest'
import { textTable } from './table.ts'

it('has its head in capitals, whatever it is written in, but for units; numbers are flushed right', () => {
  expect(
    textTable(
      ['Case', 'Exit code', 'QoS', 'Growth/m'],
      [
        ['c_1', '137', 'Burstable', '1Mi'],
        ['c_23', '1', '', ''],
      ],
      [1],
    ),
  ).toEqual([
    'CASE  EXIT CODE  QOS        GROWTH/m',
    'c_1         137  Burstable  1Mi',
    'c_23          1',
  ])
})

it('without a head is its rows alone', () => {
  expect(
    textTable(
      [],
      [
        ['a', 'b'],
        ['longer', 'c'],
      ],
    ),
  ).toEqual(['a       b', 'longer  c'])
})
