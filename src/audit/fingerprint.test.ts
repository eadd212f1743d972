import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fingerprinted, lineFingerprints } from './fingerprint.ts'

function prints(text: string): string[] {
  return [...lineFingerprints(text).values()]
}

describe('the fingerprint of a line', () => {
  // From the tests of github/codeql-action, src/fingerprints.test.ts.
  const GREETINGS = [
    'e9496ae3ebfced30:1',
    'fb7c023a8b9ccb3f:1',
    'ce8ba1a563dcdaca:1',
    'e20e36e16fcb0cc8:1',
    'b3edc88f2938467e:1',
    'c8e28b0b4002a3a0:1',
    'c129715d7a2bc9a3:1',
  ]
  it.each([
    ['', ['c129715d7a2bc9a3:1']],
    [
      ' a\nb\n  \t\tc\n d',
      ['271789c17abda88f:1', '54703d4cd895b18:1', '180aee12dab6264:1', 'a23a3dc5e078b07b:1'],
    ],
    [' hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n', GREETINGS],
    [' hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r', GREETINGS],
    [' hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n', GREETINGS],
    [
      'Lorem ipsum dolor sit amet.\n'.repeat(10),
      [
        ...[1, 2, 3, 4, 5, 6].map((count) => `a7f2ff13bc495cf2:${count}`),
        'a7f2ff1481e87703:1',
        'a9cf91f7bbf1862b:1',
        '55ec222b86bcae53:1',
        'cc97dc7b1d7d8f7b:1',
        'c129715d7a2bc9a3:1',
      ],
    ],
  ])('is the one that GitHub would give, for %j', (text, expected) => {
    expect(prints(text)).toEqual(expected)
  })

  it('stays as it is when lines come above it and it is indented', () => {
    const lines = fc.array(fc.string({ unit: 'grapheme-ascii', minLength: 1 }))
    fc.assert(
      fc.property(lines, lines, (above, below) => {
        const text = below.join('\n')
        const moved = [...above.map((line) => `above ${line}`), text.replace(/^/gm, '  ')].join(
          '\n',
        )
        const hashes = (text: string): string[] =>
          prints(text).map((each) => each.split(':')[0] ?? '')
        expect(hashes(moved).slice(above.length)).toEqual(hashes(text))
      }),
    )
  })

  it('is made of these characters alone', () => {
    const text = `${'a b\t'.repeat(80)}rest`
    const meant = fingerprinted(text, 0)
    expect(meant.replace(/[ \t]/g, '')).toHaveLength(100)
    expect(prints(`${meant}one`)[0]).toBe(prints(`${meant}other`)[0])
  })

  it('is not made of a text that is longer than a mebibyte', () => {
    expect(prints('a\n'.repeat(600_000))).toEqual([])
  })
})
