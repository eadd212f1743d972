import { expect, it } from 'vitest'

import { unwrapLine } from './unwrap.ts'

const AT = Date.UTC(2026, 10, 21, 7, 43, 5, 640)

it.each([
  ['Killed', 'Killed', null],
  ['Killed\r', 'Killed', null],
  ['{"log":"Killed\\n","stream":"stderr","time":"2026-11-21T07:43:05.640Z"}', 'Killed', AT],
  ['2026-11-21T07:43:05.640000000Z stderr F Killed', 'Killed', AT],
  ['2026-11-21T07:43:05.640Z Killed', 'Killed', AT],
  ['2026-11-21T08:43:05.640+01:00 Killed', 'Killed', AT],
  ['web-1  | Killed', 'Killed', null],
  ['Nov 21 07:43:05 host app[12]: Killed', 'Killed', null],
  ['\u001b[31mKilled\u001b[0m', 'Killed', null],
])('takes the wrapping off %j', (raw, text, at) => {
  expect(unwrapLine(raw)).toEqual({ text, at })
})

it('reads a time of its own that names its zone, and leaves one alone that does not', () => {
  expect(unwrapLine('2026-11-21 07:43:05.640 UTC [20] ERROR:  out of memory').at).toBe(AT)
  expect(unwrapLine('[2026-11-21 07:43:05 +0000] [1] [INFO] x').at).toBe(AT - 640)
  expect(unwrapLine('2026-11-21 07:43:05,640 ERROR x')).toEqual({
    text: '2026-11-21 07:43:05,640 ERROR x',
    at: null,
  })
})

it('leaves a line alone that only begins like a wrapping', () => {
  const cut = '{"log":"Killed\\n","stream":"std'
  expect(unwrapLine(cut).text).toBe(cut)
})
