import fc from 'fast-check'
import { expect, test } from 'vitest'
import { wrap, wrapHanging } from './wrap.ts'

test('no line is wider than asked, unless one word is, and no word is lost', () => {
  const words = fc.array(fc.stringMatching(/^\S{1,30}$/), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(words, fc.integer({ min: 1, max: 60 }), (list, width) => {
      const lines = wrap(list.join(' '), width)
      expect(lines.join(' ')).toBe(list.join(' '))
      for (const line of lines) {
        expect(Array.from(line).length <= width || !line.includes(' ')).toBe(true)
      }
    }),
  )
})

test('later lines stand under the first', () => {
  expect(wrapHanging('  - ', 'one two three four five six', 24)).toEqual([
    '  - one two three four',
    '    five six',
  ])
})
