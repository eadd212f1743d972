import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { linked, START } from './chain.ts'
import { thinRuns } from './retention.ts'

const DAY = 86_400_000
const NOW = Date.UTC(2026, 10, 22, 7, 8, 12)

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-test-runs-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Journals of runs that began so long ago, newest first; gives their ids. */
function journals(count: number, agoMs: (at: number) => number, last: object): readonly string[] {
  return Array.from({ length: count }, (_, at) => {
    const time = new Date(NOW - agoMs(at)).toISOString()
    const id = `run-${time.slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}-${at.toString(16).padStart(4, '0')}`
    const begun = linked({ kind: 'begun', steps: 'x'.repeat(500) }, 1, START)
    const end = linked(last, 2, begun.head)
    writeFileSync(join(folder, `${id}.ndjson`), begun.line + end.line)
    writeFileSync(join(folder, `${id}.head`), JSON.stringify({ lines: 2, head: end.head }))
    return id
  })
}

const ended = { kind: 'ended', verdict: 'well', why: 'ended' }
const waits = { kind: 'waits', step: 'set', why: '"event":{"kind":"ended"', stillRuns: false }

it('the newest thousand stay, and those of the last 90 days', () => {
  const ids = journals(1_100, (at) => (at < 1_050 ? at * 60_000 : 91 * DAY + at), ended)
  thinRuns(folder, ids, NOW)
  expect(readdirSync(folder)).toHaveLength(2 * 1_050)
})

it('of those of the last 90 days no more than ten thousand stay', () => {
  const ids = journals(10_003, (at) => at * 60_000, ended)
  thinRuns(folder, ids, NOW)
  expect(readdirSync(folder)).toHaveLength(2 * 10_000)
})

it('what waits stays, however old it is', () => {
  const ids = journals(1_002, (at) => 91 * DAY + at * 1_000, waits)
  thinRuns(folder, ids, NOW)
  expect(readdirSync(folder)).toHaveLength(2 * 1_002)
})
