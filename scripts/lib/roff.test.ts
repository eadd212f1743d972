import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { asTyped, literal, paragraphs, section, title } from './roff.ts'

it.each([
  ['.SH is no heading here', '\\&.SH is no heading here'],
  ["'why'", '\\(aqwhy\\(aq'],
  ['--no-color', '\\-\\-no\\-color'],
  ['C:\\new', 'C:\\enew'],
  ['so on…', 'so on\\[u2026]'],
  ['a\nb', 'a b'],
])('%j', (text, roff) => {
  expect(literal(text)).toBe(roff)
})

it('never begins a request, and has nothing but ASCII on one line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(literal(text)).toMatch(/^(?![.' ])[\x20-\x7e]*$/)
    }),
  )
})

it('loses no character, and makes up none', () => {
  const text = fc.string({
    unit: fc.constantFrom('\\', '-', "'", '.', '"', '^', '~', '`', ' ', 'a', 'e', 'é', '😀'),
  })
  const back: Record<string, string> = {
    e: '\\',
    '-': '-',
    '(aq': "'",
    '(ga': '`',
    '(ha': '^',
    '(ti': '~',
    '(dq': '"',
    '&': '',
  }
  fc.assert(
    fc.property(text, (given) => {
      const read = literal(given).replace(
        /\\(\[u([0-9A-F]+)\]|\(..|.)/g,
        (_, name: string, code?: string) =>
          code === undefined ? (back[name] ?? '?') : String.fromCodePoint(parseInt(code, 16)),
      )
      expect(read).toBe(given)
    }),
  )
})

const hasMandoc = spawnSync('mandoc', ['-T', 'lint'], { input: '' }).error === undefined
if (!hasMandoc) console.warn('skipped: needs mandoc')

it.skipIf(!hasMandoc)('is shown by a reader of manuals as it was given', () => {
  const lines = ['.PP', "'quoted' \\fBnot bold\\fR --flag ~ ^ ` \"", '  indented \\" no comment']
  const page = [
    title('x', 'y'),
    section('NAME'),
    'x \\- y',
    section('TEXT'),
    ...paragraphs([lines.join(' ')]),
    ...asTyped(lines),
  ]
  const { stdout } = spawnSync('mandoc', ['-T', 'ascii', '-O', 'width=200'], {
    input: `${page.join('\n')}\n`,
    encoding: 'utf8',
  })
  for (const line of lines) expect(stdout).toContain(line.trim())
})
