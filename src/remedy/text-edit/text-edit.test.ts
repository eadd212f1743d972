import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fakeReader } from '../../../test/support/fake-reader.ts'
import { carryOutEdit, fileEdit, readExactly, swapFile, takeBackEdit } from './file.ts'
import { applySplices, invertSplices, type Splice } from './splice.ts'
import { unifiedDiff } from './unified-diff.ts'

const lines = fc
  .array(fc.constantFrom('a\n', 'b\n', 'c\r\n', '\n'), { maxLength: 30 })
  .chain((whole) => fc.constantFrom('', 'end').map((end) => whole.join('') + end))

/** What `patch` makes of a diff: the lines that its hunks keep and add, and those between them. */
function patched(text: string, diff: string): string {
  const before = text.match(/[^\n]*\n|[^\n]+/g) ?? []
  const out: string[] = []
  let at = 0
  for (const hunk of diff.split(/^(?=@@ )/m).slice(1)) {
    const [, start = '0', count = '1'] = /^@@ -(\d+)(?:,(\d+))? /.exec(hunk) ?? []
    const from = Number(start) - (count === '0' ? 0 : 1)
    out.push(...before.slice(at, from))
    at = from + Number(count)
    const body = hunk
      .slice(hunk.indexOf('\n') + 1)
      .replaceAll(/\n\\ No newline at end of file\n/g, '')
    for (const line of body.match(/[^\n]*\n|[^\n]+/g) ?? []) {
      if (!line.startsWith('-')) out.push(line.slice(1))
    }
  }
  return [...out, ...before.slice(at)].join('')
}

describe('a unified diff', () => {
  it('is empty for equal texts, and else leads from one to the other', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const diff = unifiedDiff('f', before, after)
        expect(diff === '').toBe(before === after)
        // A last line without an end is told apart by the line that says so: it cannot stand before other lines here.
        if (before.endsWith('end') === after.endsWith('end'))
          expect(patched(before, diff)).toBe(after)
      }),
    )
  })

  it('looks as diff -u prints it', () => {
    const before = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12'].join('\n')
    const after = before.replace('2\n', '').replace('12', 'twelve')
    expect(unifiedDiff('f', before, after)).toBe(
      '--- f\n+++ f\n@@ -1,5 +1,4 @@\n 1\n-2\n 3\n 4\n 5\n@@ -9,4 +8,4 @@\n 9\n 10\n 11\n-12\n\\ No newline at end of file\n+twelve\n\\ No newline at end of file\n',
    )
    expect(unifiedDiff('f', '', 'new\n')).toBe('--- f\n+++ f\n@@ -0,0 +1 @@\n+new\n')
  })
})

it('splices lead back to the text that they were made for', () => {
  const pieces = fc.array(fc.tuple(fc.nat(100), fc.nat(5), fc.string()), { maxLength: 5 })
  fc.assert(
    fc.property(fc.string({ maxLength: 50 }), pieces, (text, wanted) => {
      let now = text
      const splices: Splice[] = []
      for (const [place, length, inserted] of wanted) {
        const at = Math.min(place, now.length)
        const splice = { at, removed: now.slice(at, at + length), inserted }
        splices.push(splice)
        now = applySplices(now, [splice]) ?? ''
      }
      expect(applySplices(text, splices)).toBe(now)
      expect(applySplices(now, invertSplices(splices))).toBe(text)
    }),
  )
})

describe('files', () => {
  it('a link stays a link, and what a write that was cut short left behind goes away', () => {
    using reader = fakeReader({
      files: { '/d/real.yml': 'a: 1\n', '/d/.real.yml.stella-new': 'half' },
    })
    symlinkSync('real.yml', join(reader.root, 'd/link.yml'))
    const edit = fileEdit('/d/link.yml', 'a: 1\n', [{ at: 3, removed: '1', inserted: '2' }])
    carryOutEdit(reader, edit)
    expect(readFileSync(join(reader.root, 'd/real.yml'), 'utf8')).toBe('a: 2\n')
    expect(lstatSync(join(reader.root, 'd/link.yml')).isSymbolicLink()).toBe(true)
    expect(existsSync(join(reader.root, 'd/.real.yml.stella-new'))).toBe(false)
    takeBackEdit(reader, edit, { force: false })
    expect(readFileSync(join(reader.root, 'd/real.yml'), 'utf8')).toBe('a: 1\n')
  })

  it('a file is made and taken away again, but not one that somebody else wrote', () => {
    using reader = fakeReader({ files: { '/d/other': '' } })
    const path = join(reader.root, 'd/new')
    swapFile(reader, '/d/new', { from: null, to: 'x' })
    expect(readFileSync(path, 'utf8')).toBe('x')
    swapFile(reader, '/d/new', { from: 'x', to: null })
    swapFile(reader, '/d/new', { from: 'x', to: null })
    expect(existsSync(path)).toBe(false)
    writeFileSync(path, 'mine')
    expect(() => swapFile(reader, '/d/new', { from: 'x', to: null })).toThrow('somebody else')
    expect(readFileSync(path, 'utf8')).toBe('mine')
  })

  it('what cannot be written back exactly is refused', () => {
    using reader = fakeReader({ files: { '/latin1': new Uint8Array([0x61, 0xe9]) } })
    expect(() => readExactly(reader, '/latin1')).toThrow('is not written in UTF-8')
    writeFileSync(join(reader.root, 'long'), Buffer.alloc(5 * 1024 * 1024))
    expect(() => readExactly(reader, '/long')).toThrow('is too long')
    mkdirSync(join(reader.root, 'folder'))
    expect(() => readExactly(reader, '/folder')).toThrow('cannot be read (EISDIR)')
    expect(() => swapFile(reader, '/no/such/file', { from: null, to: 'x' })).toThrow(
      'cannot be written (ENOENT)',
    )
  })
})
