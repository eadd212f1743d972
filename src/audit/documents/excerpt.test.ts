import fc from 'fast-check'
import { parse, parseDocument, stringify } from 'yaml'
import { describe, expect, it } from 'vitest'
import { type Excerpt, excerptOf } from './excerpt.ts'
import { rawAt, type SourceFile } from './place.ts'
import { scalarAt } from './value.ts'
import { readYaml } from './yaml.ts'

function excerptIn(file: SourceFile, key: string): Excerpt | null {
  const reading = readYaml({ file, start: 0, end: file.text.length })
  const scalar = reading.ok ? scalarAt(reading.values[0] ?? null, 'data', key) : null
  return scalar === null ? null : excerptOf(scalar)
}

const manifest = (text: string): SourceFile => ({ path: 'map.yaml', text })

/** Words of the excerpt's text, each as it stands at its place. */
function wordsIn({ text, place }: Excerpt): [word: string, raw: string][] {
  return [...text.matchAll(/[^\s"\\]+/g)].map((match) => [
    match[0],
    rawAt(place(match.index, match.index + match[0].length)),
  ])
}

const line = fc.stringMatching(/^[ -~]{0,20}$/)
const lines = fc.array(line, { maxLength: 8 }).map((all) => all.join('\n'))

describe('a text within a manifest', () => {
  it('has its words at their very places, in a literal block of any indentation', () => {
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 8 }), fc.boolean(), (text, indent, windows) => {
        const yaml = stringify(
          { data: { before: 1, it: text, after: 2 } },
          { indent, blockQuote: 'literal', lineWidth: 0, defaultStringType: 'BLOCK_LITERAL' },
        )
        // A block that begins with a line of more spaces than its indentation is written, and is no YAML.
        fc.pre(parseDocument(yaml).errors.length === 0)
        const file = manifest(windows ? yaml.replaceAll('\n', '\r\n') : yaml)
        const excerpt = excerptIn(file, 'it')
        expect(excerpt?.text).toBe(parse(file.text).data.it)
        for (const [word, raw] of excerpt === null ? [] : wordsIn(excerpt)) expect(raw).toBe(word)
      }),
    )
  })

  it('has every character at its very place in the text of JSON', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const excerpt = excerptIn(manifest(JSON.stringify({ data: { it: text } })), 'it')
        expect(excerpt?.text).toBe(text)
        for (let at = 0; at < text.length; at++) {
          const raw = excerpt === null ? '' : rawAt(excerpt.place(at, at + 1))
          // A character of two halves is written as both.
          if (raw.length === 1 || raw.startsWith('\\'))
            expect(JSON.parse(`"${raw}"`)).toBe(text[at])
        }
      }),
    )
  })

  it.each([
    ['plain', 'data:\n  it: maxmemory 1gb\n'],
    ['single quotes', "data:\n  it: 'maxmemory 1gb'\n"],
    ['double quotes', 'data:\n  it: "maxmemory 1gb"\n'],
    ['joined lines', 'data:\n  it: "save 1 1\\n\\\n    maxmemory 1gb"\n'],
    ['a block with hints', 'data:\n  it: |2-  # of Redis\n     x\n    maxmemory 1gb\n\n'],
  ])('is found in %s', (_, text) => {
    const excerpt = excerptIn(manifest(text), 'it')
    const at = excerpt?.text.indexOf('1gb') ?? -1
    const place = excerpt?.place(at, at + 3)
    expect(place?.start).toBe(text.indexOf('1gb'))
    expect(place?.end).toBe(text.indexOf('1gb') + 3)
  })

  it.each([
    'data:\n  it: >\n    a\n    b\n',
    'data:\n  it: "a\n    b"\n',
    "data:\n  it: 'it''s'\n",
  ])('is none where its lines are folded, or it is escaped by doubling: %j', (text) => {
    expect(excerptIn(manifest(text), 'it')).toBeNull()
  })
})
