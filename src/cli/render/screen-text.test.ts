import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { fitted, flushRight } from './screen-text.ts'

it.each([
  ['web', 6, 'end', 'web   '],
  ['a-long-name', 6, 'end', 'a-lon…'],
  ['/system.slice/redis.service', 10, 'start', '…s.service'],
  ['日本語の名前', 7, 'end', '日本語…'],
  ['日本語の名前', 6, 'end', '日本… '],
  ['e\u0301t\u00e9', 4, 'end', 'e\u0301t\u00e9 '],
  ['a\u001b[2Jb', 9, 'end', 'a\\x1b[2Jb'],
  ['web', 0, 'end', ''],
] as const)('%s in %i columns, cut at the %s, is %s', (text, width, cutAt, expected) => {
  expect(fitted(text, width, cutAt)).toBe(expected)
})

it('is as wide as it should be, whatever the text', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat({ max: 40 }), (text, width) => {
      expect(fitted(text, width)).toHaveLength(width)
    }),
  )
})

it('never carries a control character', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.nat({ max: 60 }),
      (text, width) => {
        expect(fitted(text, width)).not.toMatch(/\p{Cc}/u)
      },
    ),
  )
})

it('puts figures to the right', () => {
  expect(flushRight('12Mi', 6)).toBe('  12Mi')
  expect(flushRight('1234567', 6)).toBe('123456')
})
