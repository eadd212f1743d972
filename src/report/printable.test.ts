import fc from 'fast-check'
import { expect, test } from 'vitest'
import { printable, printableLines } from './printable.ts'

test('nothing that moves the cursor, reorders or hides text comes through', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      expect(printable(text)).not.toMatch(
        // oxlint-disable-next-line no-control-regex
        /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/,
      )
    }),
  )
})

test('ordinary text in any script is left alone', () => {
  expect(printable('Größe überschritten: メモリ 32 MiB 🚀')).toBe(
    'Größe überschritten: メモリ 32 MiB 🚀',
  )
})

test('a hostile process name shows what it is', () => {
  expect(printable('a\u001b]0;owned\u0007b\u009b31m\u202e')).toBe(
    'a\\x1b]0;owned\\x07b\\x9b31m\\u{202e}',
  )
})

test('lines are split before they are made safe', () => {
  expect(printableLines('a\r\nb\u0000\nc')).toEqual(['a', 'b\\x00', 'c'])
})
