import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { KIB } from '../../model/bytes.ts'
import { openCaseJournal, readJournal, surveyCases } from '../cases.ts'
import type { CaseJournal, WatchEntry } from '../cases.ts'

const START = Date.UTC(2026, 0, 1)
const DAY = 86_400_000

let data = ''
let now = START
let journal: CaseJournal | null = null

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'stella-cases-'))
  now = START
})

afterEach(() => {
  close()
  rmSync(data, { recursive: true, force: true })
})

function opened(maxBytes?: number): CaseJournal {
  journal ??= openCaseJournal(data, {
    now: () => now,
    ...(maxBytes === undefined ? {} : { maxBytes }),
  })
  return journal
}

function close(): void {
  journal?.close()
  journal = null
}

function entry(says: string): WatchEntry {
  return { kind: 'watch', at: now, what: 'blind', source: null, says }
}

async function saved(): Promise<string[]> {
  const says: string[] = []
  for await (const one of readJournal(data)) if (one.kind === 'watch') says.push(one.says)
  return says
}

function bytesOnDisk(): number {
  const folder = join(data, 'cases')
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
}

async function dropped(): Promise<number> {
  return (await surveyCases(data)).dropped.reduce((sum, { entries }) => sum + entries, 0)
}

describe('size', () => {
  it('is kept within its cap, whatever is written and however often it is opened', async () => {
    const maxBytes = 64 * KIB
    const moment = fc.record({
      sizes: fc.array(fc.integer({ min: 1, max: 1_500 }), { minLength: 1, maxLength: 40 }),
      reopens: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(moment, { minLength: 1, maxLength: 15 }), async (moments) => {
        rmSync(join(data, 'cases'), { recursive: true, force: true })
        const written: string[] = []
        for (const { sizes, reopens } of moments) {
          if (reopens) close()
          now += 1_000
          const says = sizes.map((size, at) => `${written.length + at} ${'x'.repeat(size)}`)
          opened(maxBytes).append(says.map(entry))
          written.push(...says)
          expect(bytesOnDisk()).toBeLessThanOrEqual(maxBytes)
        }
        close()
        const kept = await saved()
        expect(kept).toEqual(written.slice(written.length - kept.length))
        expect(kept.length + (await dropped())).toBe(written.length)
      }),
      { numRuns: 10 },
    )
  })

  it('of a storm that alone is larger leaves the newest of it', async () => {
    const says = Array.from({ length: 2_000 }, (_, at) => `${at} ${'x'.repeat(100)}`)
    opened(64 * KIB).append(says.map(entry))
    expect(bytesOnDisk()).toBeLessThanOrEqual(64 * KIB)
    const kept = await saved()
    expect(kept.length).toBeGreaterThan(100)
    expect(kept).toEqual(says.slice(-kept.length))
    expect(kept.length + (await dropped())).toBe(says.length)
  })
})

describe('age', () => {
  it('is kept below 90 days and a tenth, and what went is told', async () => {
    const says: string[] = []
    for (let day = 0; day < 300; day += 3) {
      now = START + day * DAY
      says.push(`day ${day}`)
      opened().append([entry(`day ${day}`)])
    }
    const kept = await saved()
    expect(kept).toEqual(says.slice(-kept.length))
    expect(kept.length).toBeGreaterThanOrEqual(30)
    expect(kept.length).toBeLessThanOrEqual(36)
    const survey = await surveyCases(data)
    expect(survey.dropped).toEqual([{ entries: 100 - kept.length, until: expect.any(Number) }])
    expect(survey.dropped[0]?.until).toBeLessThan(now - 90 * DAY)
  })

  it.each([
    ['ahead', 70 * 365 * DAY],
    ['back', -50 * 365 * DAY],
  ])('a clock that jumps %s for a while does not empty the journal', async (_, jump) => {
    for (let day = 0; day < 60; day += 1) {
      now = START + day * DAY
      opened().append([entry(`day ${day}`)])
    }
    const before = await saved()
    now += jump
    opened().append([entry('jumped')])
    now -= jump
    opened().append([entry('right again')])
    const after = await saved()
    expect(after.slice(-2)).toEqual(['jumped', 'right again'])
    expect(before.length - (after.length - 2)).toBeLessThanOrEqual(10)
  })
})
