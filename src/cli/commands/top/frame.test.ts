import { stripVTControlCharacters } from 'node:util'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hostReading, row, snapshot } from '../../../../test/support/watched.ts'
import { MIB } from '../../../model/bytes.ts'
import type { Row } from '../../../watch/row.ts'
import { PLAIN, paintFor } from '../../render/paint.ts'
import { fitted } from '../../render/screen-text.ts'
import { frame } from './frame.ts'
import type { Scene } from './frame.ts'
import { initialView } from './view.ts'

function scene(rows: readonly Row[], over: Partial<Scene> = {}): Scene {
  return {
    snapshot: snapshot(rows),
    view: initialView('usage'),
    size: { columns: 80, rows: 24 },
    paint: PLAIN,
    opened: null,
    intervalMs: 1_000,
    ...over,
  }
}

const WEB = row({
  path: '/docker/ab',
  name: 'web',
  container: { id: 'ab', engine: 'docker', name: 'web' },
  usageBytes: 60 * MIB,
  chargeBytes: 80 * MIB,
  limit: {
    scope: 'ancestor',
    path: '/docker',
    limitBytes: 128 * MIB,
    usedBytes: 125 * MIB,
    headroomBytes: 3 * MIB,
  },
  pressure: { someAvg10: 12.5, fullAvg10: 3 },
  growthBytesPerMinute: 90 * MIB,
  timeLeft: { kind: 'seconds', low: 40, high: 200 },
  oomKills: 2,
  processes: 17,
  biggest: { pid: 4321, name: 'node', rssBytes: 50 * MIB },
})

describe('the screen', () => {
  it('shows the figures of a group in 80 columns', () => {
    const lines = frame(scene([WEB]))
    expect(lines[0]).toContain(
      'host 8Gi of 16Gi available (50%)  no swap  PSI some 0 full 0  OOM 0',
    )
    expect(lines[2]?.split(/\s+/).filter(Boolean)).toEqual([
      'NAME',
      'USAGE',
      'LIMIT',
      '%',
      'PSI',
      'GROWTH/m',
      'LEFT',
      'OOM',
      'PROCS',
    ])
    expect(lines[3]?.split(/\s+/)).toEqual([
      '>web',
      '60Mi',
      '^128Mi',
      '98%',
      '12.5',
      '+90Mi',
      '40s-3m',
      '2',
      '17',
    ])
    expect(lines[22]).toContain('limit of /docker  /docker/ab')
  })

  it('shows more where there is room: the charge, and the biggest process', () => {
    const lines = frame(scene([WEB], { size: { columns: 120, rows: 10 } }))
    expect(lines[2]).toMatch(/USAGE CHARGE .* BIGGEST/)
    expect(lines[3]).toContain('50Mi 4321 node')
  })

  it.each([
    [60, ['USAGE', 'LIMIT', '%', 'LEFT']],
    [45, ['USAGE', 'LIMIT', '%']],
    [30, ['USAGE']],
  ])('leaves out at %i columns what counts least', (columns, heads) => {
    const head = frame(scene([WEB], { size: { columns, rows: 10 } }))[2] ?? ''
    expect(head.split(/\s+/).filter(Boolean)).toEqual(['NAME', ...heads])
  })

  it('tells of v1 how often a limit was hit, for there is no pressure', () => {
    const v1 = row({ limitHitsPerSecond: 4_200 })
    const lines = frame(scene([v1], { snapshot: snapshot([v1], { version: 1 }) }))
    expect(lines[2]).toContain('HITS/s')
    expect(lines[3]).toContain('4.2k')
  })

  it('never takes what is not known for nothing', () => {
    const unknown = row({ usageBytes: null, oomKills: null, processes: null, notes: ['denied'] })
    const lines = frame(scene([unknown]))
    expect(lines[3]?.split(/\s+/).slice(1)).toEqual(['!', ...Array(8).fill('-')])
    expect(lines[22]).toContain('denied  /a')
    const host = { ...hostReading({ totalBytes: null, swapTotalBytes: null }), newOomKills: null }
    expect(frame(scene([], { snapshot: snapshot([], { host }) }))[0]).toContain(
      'of - available (-)',
    )
  })

  it('keeps the marked row in sight', () => {
    const rows = Array.from({ length: 200 }, (_, index) =>
      row({ path: `/${index}`, name: `/${index}`, usageBytes: 1_000 - index }),
    )
    const view = { ...initialView('usage'), selected: '/150' }
    const marked = frame(scene(rows, { view })).filter((line) => line.startsWith('>'))
    expect(marked).toHaveLength(1)
    expect(marked[0]).toMatch(/^>\/150 /)
  })

  it('paints what is in danger, and nothing without colours', () => {
    const io = {
      out() {},
      err() {},
      stdin: process.stdin.iterator,
      env: {},
      now: Date.now,
      becomeLean() {},
      mayGoUnread() {},
    }
    const colours = paintFor({ ...io, drained: async () => {}, terminal: { columns: 80 } }, false)
    const calm = row({ path: '/calm', usageBytes: MIB })
    const [danger, other] = frame(scene([WEB, calm], { paint: colours })).slice(3, 5)
    expect(danger).toContain('\u001b[31m')
    expect(other).not.toContain('\u001b')
    expect(frame(scene([WEB])).join('')).not.toContain('\u001b')
  })

  it('shows what was opened, from where it was scrolled to', () => {
    const opened = Array.from({ length: 100 }, (_, index) => `line ${index}`)
    const view = { ...initialView('usage'), page: 'drill', selected: '/a', scroll: 7 } as const
    const lines = frame(scene([WEB], { view, opened })).map((line) => line.trim())
    expect(lines[1]).toBe('/a')
    expect(lines[2]).toBe('line 7')
    const end = frame(scene([WEB], { view: { ...view, scroll: 9_999 }, opened }))
    expect(end[22]?.trim()).toBe('line 99')
    expect(frame(scene([WEB], { view }))[2]?.trim()).toBe('reading ...')
  })

  it('explains every column in its help', () => {
    const view = { ...initialView('usage'), page: 'help' } as const
    const text = frame(scene([WEB], { view, size: { columns: 120, rows: 60 } })).join('\n')
    const heads = frame(scene([WEB], { size: { columns: 200, rows: 10 } }))[2] ?? ''
    for (const head of heads.split(/\s+/).filter((word) => word !== '' && word !== 'NAME')) {
      expect(text).toMatch(new RegExp(`^${head} `, 'm'))
    }
  })
})

const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constant('日本語\u001b[2J'))
const figure = fc.oneof(fc.constant(null), fc.double({ noNaN: true, min: -1e16, max: 1e16 }))
const anyRow: fc.Arbitrary<Row> = fc
  .record({
    path: text,
    name: text,
    depth: fc.nat({ max: 3_000 }),
    gone: fc.boolean(),
    usageBytes: figure,
    chargeBytes: figure,
    growthBytesPerMinute: figure,
    limitHitsPerSecond: fc.option(fc.double({ noNaN: true, min: 0, max: 1e15 })),
    oomKills: fc.option(fc.nat({ max: 2 ** 31 })),
    processes: fc.option(fc.nat({ max: 2 ** 31 })),
    notes: fc.array(text, { maxLength: 2 }),
    timeLeft: fc.oneof(
      fc.record({
        kind: fc.constant('seconds' as const),
        low: fc.double({ noNaN: true, min: 0, max: 604_800 }),
        high: fc.option(fc.double({ noNaN: true, min: 0, max: 604_800 })),
      }),
      fc.constant({ kind: 'now' as const }),
    ),
    biggest: fc.option(
      fc.record({ pid: fc.nat(), name: fc.option(text), rssBytes: fc.nat({ max: 2 ** 40 }) }),
    ),
  })
  .map((figures) => row(figures))

it('fills the screen exactly and never wraps, whatever stands on it and however large it is', () => {
  fc.assert(
    fc.property(
      fc.array(anyRow, { maxLength: 30 }),
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 60 }),
      fc.constantFrom('rows', 'help', 'drill'),
      fc.boolean(),
      (rows, columns, height, page, tree) => {
        const view = { ...initialView('usage'), page, tree } as const
        const size = { columns, rows: height }
        const opened = rows.map(({ name }) => name)
        const lines = frame(scene(rows, { view, size, opened }))
        expect(lines).toHaveLength(height)
        for (const line of lines) {
          expect(line).toBe(stripVTControlCharacters(line))
          expect(line).not.toMatch(/\p{Cc}/u)
          expect(line).toBe(fitted(line, columns))
        }
      },
    ),
    { numRuns: 200 },
  )
})
