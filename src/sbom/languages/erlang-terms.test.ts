import fc from 'fast-check'
import { expect, test } from 'vitest'
import { erlangTerms, itemsOf, pairValue, type Term } from './erlang-terms.ts'

test('reads tuples, lists, atoms, strings, binaries and numbers, between comments', () => {
  const text = `%% a comment, with {brackets}
{application, 'my app', [
  {vsn, "1.0 \\"beta\\""}, % another
  {list, [1, -2.5, <<"bin">>, <<"é"/utf8>>, <<>>, [a|b]]},
  {empty, []}
]}.
"next". % the end`
  expect([...erlangTerms(text)]).toEqual([
    {
      tuple: [
        'application',
        'my app',
        [
          { tuple: ['vsn', '1.0 "beta"'] },
          { tuple: ['list', [1, -2.5, 'bin', 'é', '', ['a', 'b']]] },
          { tuple: ['empty', []] },
        ],
      ],
    },
    'next',
  ])
})

test('finds a pair by its name', () => {
  const [list] = erlangTerms('[{a,1},b,{vsn,"2.0"},{vsn,"3.0"}].')
  expect(pairValue(list, 'vsn')).toBe('2.0')
  expect(pairValue(list, 'b')).toBeUndefined()
  expect(itemsOf(list)).toEqual([])
})

/** A term as Erlang would write it, with what it means. */
const written: fc.Arbitrary<{ text: string; term: Term }> = fc.letrec<{
  term: { text: string; term: Term }
}>((tie) => ({
  term: fc.oneof(
    { depthSize: 'small' },
    fc.integer().map((term) => ({ text: String(term), term })),
    fc.stringMatching(/^[a-z][a-zA-Z0-9_@]{0,8}$/).map((term) => ({ text: term, term })),
    fc.string().map((term) => ({ text: `"${term.replaceAll(/["\\]/g, String.raw`\$&`)}"`, term })),
    fc.array(tie('term')).map((items) => ({
      text: `[ ${items.map(({ text }) => text).join(' ,\n')} ]`,
      term: items.map(({ term }) => term),
    })),
    fc.array(tie('term')).map((items) => ({
      text: `{${items.map(({ text }) => text).join(',')}}`,
      term: { tuple: items.map(({ term }) => term) },
    })),
  ),
})).term

test('reads back whatever was written', () => {
  fc.assert(
    fc.property(fc.array(written), (terms) => {
      const text = terms.map((one) => `${one.text}.\n`).join('')
      expect([...erlangTerms(text)]).toEqual(terms.map(({ term }) => term))
    }),
  )
})

test.each([
  ['brackets', '['.repeat(500_000)],
  ['tuples', '{a,'.repeat(300_000)],
  ['quotes', `"${'\\a'.repeat(500_000)}`],
  ['comments', '%%%%'.repeat(250_000)],
  ['blanks', ' \n'.repeat(500_000)],
  ['words', 'a.'.repeat(500_000)],
])('a million bytes of %s come to an end', (_, text) => {
  expect([...erlangTerms(text)].length).toBeLessThan(2)
})
