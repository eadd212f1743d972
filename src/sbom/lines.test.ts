import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LineSplitter } from './lines.ts'

function linesIn(bytes: Uint8Array, chunkBytes: number, maxBytes: number): [string, boolean][] {
  const lines: [string, boolean][] = []
  const splitter = new LineSplitter(maxBytes, (line, isCut) => {
    lines.push([Buffer.from(line).toString('latin1'), isCut])
  })
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const chunk = Uint8Array.from(bytes.subarray(at, at + chunkBytes))
    splitter.push(chunk)
    chunk.fill(0)
  }
  splitter.finish()
  return lines
}

test('lines are the same wherever the chunks end', () => {
  const text = fc
    .array(fc.stringMatching(/^[a-c]{0,6}$/), { maxLength: 20 })
    .map((lines) => lines.join('\n'))
  fc.assert(
    fc.property(
      text,
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 8 }),
      (t, n, max) => {
        const lines = t.split('\n')
        if (lines.at(-1) === '') lines.pop()
        expect(linesIn(Buffer.from(t), n, max)).toEqual(
          lines.map((line) => [line.slice(0, max), line.length > max]),
        )
      },
    ),
  )
})

test('of a line without end only its beginning is held', () => {
  expect(linesIn(Buffer.from(`${'x'.repeat(100_000)}\ny`), 1000, 5)).toEqual([
    ['xxxxx', true],
    ['y', false],
  ])
})
