import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { REPO } from '../../scripts/lib/repo.ts'
import { FIXTURES, type Truth } from './truth.ts'
import { TRUTHS } from './truths/index.ts'

interface Row {
  row: number
  folder: string
  says: string
  origin: string
}

const PAGE = readFileSync(join(REPO, 'docs/reference/edge-cases.md'), 'utf8')
/** `| 1 | what happened | \`oom-own-limit\` | recorded: … | \`01-own-limit\` |` */
const ROWS: readonly Row[] = PAGE.split('\n').flatMap((line) => {
  const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim())
  const [, row = '', , says = '', origin = '', folder = ''] = cells
  if (!/^\d+$/.test(row)) return []
  return [{ row: Number(row), says, origin, folder: folder.replaceAll('`', '') }]
})
const FOLDERS = readdirSync(FIXTURES).filter((name) => /^\d\d-/.test(name))

test('every numbered case stands in the table', () => {
  const numbers = new Set(ROWS.map(({ row }) => row))
  expect(Array.from({ length: 50 }, (_, i) => i + 1).filter((row) => !numbers.has(row))).toEqual([])
})

test('folders, tests and table speak of the same cases', () => {
  const named = ROWS.map(({ folder }) => folder).filter((folder) => folder !== '')
  expect([...new Set(named)].toSorted()).toEqual(FOLDERS.toSorted())
  expect([...new Set(TRUTHS.map(({ folder }) => folder))].toSorted()).toEqual(FOLDERS.toSorted())
})

describe.each(ROWS.filter(({ folder }) => folder !== ''))('row $row: $folder', (row) => {
  test('it says what the test asks for', () => {
    const truths = TRUTHS.filter(({ folder }) => folder === row.folder)
    expect(truths.map(({ row: number }) => number)).toContain(row.row)
    const said = [...row.says.matchAll(/`([a-z-]+)`/g)].map(([, code]) => code)
    expect(said).toEqual(truths.flatMap(codesOf))
  })

  test('it is called hand-written where it is', () => {
    const written = existsSync(join(FIXTURES, row.folder, 'HANDWRITTEN'))
    expect(row.origin.startsWith('hand-written')).toBe(written)
    expect(row.origin).toMatch(/^(?:recorded|derived|hand-written): \S/)
  })
})

function codesOf({ verdicts, index, verdicts: { length } }: Truth): readonly string[] {
  return length > 1 && index !== undefined ? [verdicts[index] ?? ''] : verdicts
}
