import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plainExample } from '../rules/examples.ts'
import { RULES } from '../rules/index.ts'
import { readPlainYaml } from './plain-yaml.ts'
import type { Value } from './value.ts'
import { readAnyYaml } from './yaml.ts'

const FIXTURES = fileURLToPath(new URL('../../../fixtures/', import.meta.url))

/** What the quick reader says, and what the one for all of YAML says. */
function both(text: string, from = 0): { quick: unknown; whole: unknown } {
  const stretch = { file: { path: 'a.yaml', text }, start: from, end: text.length }
  const quick = readPlainYaml(stretch)
  const whole = readAnyYaml(stretch)
  return {
    quick: quick === null ? null : shape(quick),
    whole: whole.ok ? whole.values.map(shape) : whole.problem.what,
  }
}

/** All of a value but the file, in the order of the text. */
function shape(value: Value): unknown {
  const where = [value.place.start, value.place.end]
  if (value.kind === 'scalar') return [value.value, value.text, where]
  if (value.kind === 'sequence') return [value.items.map(shape), where]
  const entries = [...value.entries].map(([name, { key, value: inner }]) => [
    name,
    [key.start, key.end],
    shape(inner),
  ])
  return [{ entries }, where]
}

function expectSame(text: string, from = 0): boolean {
  const { quick, whole } = both(text, from)
  if (quick === null) return false
  expect(whole, text).toEqual([quick])
  return true
}

const PIECES = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('\n', '\n  ', '\n    ', '\n- ', '\n  - ', ': ', ' ') },
  { weight: 4, arbitrary: fc.constantFrom('a', 'b: ', 'key:', 'c: 1', 'd: x y', '"e": ', '- f') },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...['12', '-3', '+.5', '1e3', '0x1f', '0o7', '.inf', '~', 'null', 'True', 'no', '-0', '08'],
      ...['256Mi', '-Xmx1g', '10.0.0.1:80', 'a:b', 'http://x', '"q"', '"a\\"b"', "'it''s'", '""'],
      ...['[]', '{}', '[a, "b", 3]', '{x: 1, "y": [2]}', '[', ']', '{', '}', ',', '{"a":1}'],
      ...['|', '|-', '|+', '>', '| # c', '#', ' # c', '&x', '*x', '!!str', '<<: ', '? ', '%', '@'],
      ...['\t', '\r\n', '...', '---', '\uFEFF', '`', 'é', '"\\x41"', '"\\u0041"', "'", '"', '\\'],
    ),
  },
)

describe('the quick reader of YAML', () => {
  it('says what the whole one says, places and all, or nothing, whatever the text', () => {
    const texts = fc.array(PIECES, { maxLength: 24 }).map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(texts, (text) => {
        expectSame(text)
      }),
      { numRuns: 2_000 },
    )
  })

  it('says the same of each manifest that is kept here, and of nearly all of them at once', () => {
    const files = globSync('{audit,kubernetes,simulate}/**/*.{yaml,yml,json}', { cwd: FIXTURES })
    const texts = [
      ...files.map((name) => readFileSync(`${FIXTURES}${name}`, 'utf8')),
      ...RULES.flatMap(({ examples: { bad, good } }) => [
        plainExample(bad).text,
        plainExample(good).text,
      ]),
    ]
    const documents = texts.flatMap((text) => text.split(/^---(?=\s|$)/m))
    const read = documents.filter((text) => expectSame(text))
    expect(documents.length).toBeGreaterThan(200)
    expect(read.length / documents.length).toBeGreaterThan(0.6)
  })

  it('begins behind the mark of a document, in the same line', () => {
    expect(expectSame('a: 1\n--- # b\nb: 2\n', 8)).toBe(true)
  })

  it.each([
    'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web # the front\n  labels: {app: web}\n\n# end\n',
    'a:\n- b: 1\n  c:\n    - d\n- - e\n  - f\ng: [1, -2, "3", x y, {h: i}]\n',
    'a: |\n  one\n\n   two\n\n# end\nb: |-\n  three\n\nc: "x # y"\nd: z#y\n',
    '{"a": [1, 2.5, true, null,\n  {"b": "c\\n\\u00e9"}]}\n',
  ])('reads what is common by itself: %j', (text) => {
    expect(expectSame(text)).toBe(true)
  })

  it.each([
    'a: 1\na: 2\n',
    'a: &x 1\nb: *x\n',
    'a: b\n  c\n',
    'a:\n\tb: 1\n',
    'a: "b\n  c"\n',
    'a: {{ .Values.b }}\n',
    `a: ${'['.repeat(5_000)}`,
    '',
  ])('leaves to the other one what is wrong, or not common: %j', (text) => {
    expect(both(text).quick).toBeNull()
  })
})
