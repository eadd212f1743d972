import fc from 'fast-check'
import { expect, it } from 'vitest'
import { withoutPageScript } from './page-script.ts'

/** As a page's own button leaves it at the end of a text, with what a template writes for nothing. */
const SCRIPT =
  "undefined function share(btn) { const box = document.getElementById('box'); box.then(() => { btn.x = 1; setTimeout(() => { btn.x = 2; }, 9); }); }"

it('leaves a script out of the line that it stands in, and all else of that line as it is', () => {
  const text = `The memory was full. #OOM ${SCRIPT} And so it ended.\n\nNext.`
  expect(withoutPageScript(text)).toEqual({
    text: 'The memory was full. #OOM  And so it ended.\n\nNext.',
    removed: 1,
  })
})

it('keeps all other words, wherever a script stands among them', () => {
  const word = fc.stringMatching(/^[a-z0-9.,:>#*-]{1,8}$/)
  const words = fc.array(fc.oneof(word, fc.constant('\n')), { maxLength: 30 })
  fc.assert(
    fc.property(words, words, (before, after) => {
      const [first, second] = [before.join(' '), after.join(' ')]
      const { text, removed } = withoutPageScript(`${first} ${SCRIPT} ${second}`)
      expect(removed).toBe(1)
      expect(text).toBe(`${first}  ${second}`)
    }),
  )
})

it('takes nothing from fences, from talk of functions, and from what does not end', () => {
  for (const text of [
    'A function (of memory) is told.',
    'function without(its end) { goes on',
    '```js\nfunction a() { return 1 }\ndocument.querySelector(x)\n```\n',
    'Write `document.querySelector` into the console.',
  ])
    expect(withoutPageScript(text)).toEqual({ text, removed: 0 })
})

it.each(['function', 'function f', 'undefined', 'undefined async', 'var x'])(
  'is done at once where hardly anything but blanks stands behind `%s`',
  (start) => {
    const text = start + ' '.repeat(1_000_000)
    const begun = performance.now()
    expect(withoutPageScript(text)).toEqual({ text, removed: 0 })
    expect(performance.now() - begun).toBeLessThan(2_000)
  },
)

it('never fails, gives no line more or less, and is done at once', () => {
  const piece = fc.constantFrom(
    'function',
    ' f',
    '(',
    ')',
    '{',
    '}',
    '\n',
    '```',
    'undefined ',
    'a',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 200 }), (pieces) => {
      const text = pieces.join('')
      const lines = (each: string): number => each.split('\n').length
      expect(lines(withoutPageScript(text).text)).toBe(lines(text))
    }),
  )
})
