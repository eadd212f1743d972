import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sortRows } from './sorted-rows.ts'

test('rows come as from a plain sort, however few memory has room for, and as often as they are asked for', () => {
  const row = fc
    .string({ unit: 'grapheme', maxLength: 30 })
    .map((text) => text.replaceAll('\n', ' '))
  fc.assert(
    fc.property(fc.array(row), fc.integer({ min: 0, max: 200 }), (rows, maxHeld) => {
      const folder = mkdtempSync(join(tmpdir(), 'stella-test-rows-'))
      try {
        const sorted = sortRows(folder, maxHeld)
        const half = Math.floor(rows.length / 2)
        for (const one of rows.slice(0, half)) sorted.add(one)
        expect([...sorted.rows()]).toEqual(plain(rows.slice(0, half)))
        for (const one of rows.slice(half)) sorted.add(one)
        expect([...sorted.rows()]).toEqual(plain(rows))
        const [first] = sorted.rows()
        expect(first).toBe(plain(rows)[0])
        expect([...sorted.rows()]).toEqual(plain(rows))
        sorted.close()
        expect(readdirSync(folder)).toEqual([])
      } finally {
        rmSync(folder, { recursive: true })
      }
    }),
    { numRuns: 100 },
  )
})

function plain(rows: readonly string[]): string[] {
  return rows.toSorted((a, b) => (a < b ? -1 : Number(a > b)))
}
