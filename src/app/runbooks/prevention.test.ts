import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Runbook } from '../../model/runbook.ts'
import { readRunbook } from '../../runbooks/document/read-runbook.ts'
import { listPrevention, markPrevention } from './prevention.ts'

const DAY = 86_400_000
const NOW = Date.parse('2026-11-22T10:00:00Z')

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-test-prevention-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function book(...points: readonly string[]): Runbook {
  const text = `# It is full\n\n## Prevention\n\n${points.map((each) => `- ${each}\n`).join('')}`
  return readRunbook(text, 'full.md').runbook
}

const POINTS = ['[ ] **Capacity:** plan for the largest one', 'Load the alerts', 'Tell somebody']

function done(item: string, over: Partial<Parameters<typeof markPrevention>[2]> = {}) {
  const order = { item, isDone: true, by: 'anna', evidence: null, now: NOW, ...over }
  return markPrevention(folder, book(...POINTS), order)
}

it('keeps what was done, by whom, when, and what shows it', async () => {
  const list = () => listPrevention(folder, book(...POINTS), NOW).items
  expect(list().map(({ text, state }) => [text, state])).toEqual([
    ['Capacity: plan for the largest one', 'open'],
    ['Load the alerts', 'open'],
    ['Tell somebody', 'open'],
  ])
  await done('1', { evidence: 'change 42' })
  await done(list()[1]?.item ?? '')
  expect(list()[0]).toMatchObject({
    state: 'done',
    mark: { by: 'anna', at: '2026-11-22T10:00:00.000Z', evidence: 'change 42' },
  })
  await done('1', { isDone: false, by: 'ben' })
  expect(list().map(({ state }) => state)).toEqual(['open', 'done', 'open'])
  expect(list()[0]?.mark?.by).toBe('ben')
})

it('keeps the marks of points that stayed, wherever they stand, and tells of one that is gone', async () => {
  for (const item of ['1', '2', '3']) await done(item)
  const edited = book('Something new', 'Tell  *somebody*.', 'Capacity: plan for the largest one')
  const { items, gone } = listPrevention(folder, edited, NOW)
  expect(items.map(({ state }) => state)).toEqual(['open', 'done', 'done'])
  expect(gone.map(({ text }) => text)).toEqual(['Load the alerts'])
})

it('asks to look again at what was done half a year ago', async () => {
  await done('1')
  const stateAfter = (days: number) =>
    listPrevention(folder, book(...POINTS), NOW + days * DAY).items[0]?.state
  expect(stateAfter(180)).toBe('done')
  expect(stateAfter(181)).toBe('look-again')
})

it('keeps one runbook apart from another with the same point', async () => {
  await done('2')
  const other = { ...book(...POINTS), id: 'other' }
  expect(listPrevention(folder, other, NOW).items[1]?.state).toBe('open')
})

it('loses nothing when two say something at the same time', async () => {
  await Promise.all(['1', '2', '3'].map((item) => done(item)))
  const { items } = listPrevention(folder, book(...POINTS), NOW)
  expect(items.map(({ state }) => state)).toEqual(['done', 'done', 'done'])
})

it('writes no secret down, and does not write over what it cannot read', async () => {
  const file = join(folder, 'prevention.json')
  await done('1', { evidence: 'DB_PASSWORD=tr0ub4dor&3' })
  expect(readFileSync(file, 'utf8')).toContain('DB_PASSWORD')
  expect(readFileSync(file, 'utf8')).not.toContain('tr0ub4dor')
  writeFileSync(file, '{"schema":"stella.prevention/9"}')
  await expect(done('2')).rejects.toThrow('no list of what was done')
  expect(readFileSync(file, 'utf8')).toBe('{"schema":"stella.prevention/9"}')
})

it('says which points there are, where there is no such one', async () => {
  await expect(done('4')).rejects.toThrow("no point '4'")
  await expect(done('1', { evidence: 'x'.repeat(2_001) })).rejects.toThrow('2000 characters')
})
