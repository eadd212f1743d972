import fc from 'fast-check'
import { expect, it } from 'vitest'

import { field, parseInstant, textField, writeJson } from './json-fields.ts'

const AT = Date.UTC(2026, 10, 21, 6, 35, 16)

it.each([
  ['2026-11-21T06:35:16Z', AT],
  ['2026-11-21T06:35:16.5Z', AT + 500],
  ['2026-11-21T08:35:16+02:00', AT],
  ['2026-11-21T06:35:16+0000', AT],
  ['2026-11-21 06:35:16.25 +0000 UTC', AT + 250],
])('%s is an instant', (text, instant) => {
  expect(parseInstant(text)).toBe(instant)
})

it.each(['2026-11-21T06:35:16', '2026-11-21', '2026-13-41T06:35:16Z', 'yesterday', '', null])(
  '%j is none: it names no zone, or no time',
  (text) => {
    expect(parseInstant(text)).toBeNull()
  },
)

it('reads back every instant that a clock can write', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }), (date) => {
      expect(parseInstant(date.toISOString())).toBeCloseTo(date.getTime(), 3)
    }),
  )
})

it('finds own fields alone, and calls nothing "not set" a text', () => {
  expect(field({ a: { b: 0 } }, 'a', 'b')).toBe(0)
  expect(field({}, 'constructor')).toBeNull()
  expect(field([1], '0')).toBeNull()
  expect(textField({ a: '' }, 'a')).toBeNull()
})

it('writes any JSON value, and nothing for one that is nested without end', () => {
  expect(writeJson({ a: [1] })).toBe('{"a":[1]}')
  let deep: unknown = 1
  for (let level = 0; level < 200_000; level++) deep = [deep]
  expect(writeJson(deep)).toBe('')
})
