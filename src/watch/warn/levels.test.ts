import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MIB } from '../../model/bytes.ts'
import type { Row, Snapshot } from '../row.ts'
import { createLevels, levelInWords, USUAL_THRESHOLDS } from './levels.ts'

const LIMIT = 100 * MIB

function row(share: number, path = '/a', rest: Partial<Row> = {}): Row {
  const usedBytes = Math.round(share * LIMIT)
  return {
    path,
    name: path.slice(1),
    depth: 1,
    container: null,
    gone: false,
    usageBytes: usedBytes,
    chargeBytes: usedBytes,
    unreclaimableBytes: usedBytes,
    dirtyBytes: 0,
    limit: { scope: 'own', path, limitBytes: LIMIT, usedBytes, headroomBytes: LIMIT - usedBytes },
    highBytes: null,
    pressure: null,
    limitHitsPerSecond: null,
    growthBytesPerMinute: null,
    timeLeft: { kind: 'never' },
    oomKills: null,
    processes: 1,
    biggest: null,
    notes: [],
    ...rest,
  }
}

function snapshot(rows: readonly Row[], availableShare = 0.9): Snapshot {
  return {
    at: 1_000,
    version: 2,
    host: {
      totalBytes: 1_000 * MIB,
      availableBytes: availableShare * 1_000 * MIB,
      swapTotalBytes: null,
      swapFreeBytes: null,
      someAvg10: null,
      fullAvg10: null,
      oomKills: null,
      newOomKills: null,
    },
    rows,
    unknown: [],
  }
}

/** The levels that are told while the share of one group takes this course. */
function told(shares: readonly number[]): string[] {
  const levels = createLevels()
  return shares.flatMap((share) => levels.observe(snapshot([row(share)])).map(({ level }) => level))
}

describe('levels of a group', () => {
  it.each([
    [[0.5, 0.79], []],
    [[0.5, 0.8], ['warning']],
    [[0.8, 0.9, 0.94], ['warning']],
    [[0.5, 0.95], ['critical']],
    [
      [0.8, 0.95, 0.99],
      ['warning', 'critical'],
    ],
    [[0.8, 0.76, 0.8, 0.76], ['warning']],
    [
      [0.8, 0.74],
      ['warning', 'over'],
    ],
    [[0.95, 0.91, 0.95], ['critical']],
    [
      [0.95, 0.85, 0.96],
      ['critical', 'critical'],
    ],
    [
      [0.95, 0.5],
      ['critical', 'over'],
    ],
    [[1.02], ['critical']],
  ])('%j tells %j', (shares, expected) => {
    expect(told(shares)).toEqual(expected)
  })

  it('never say the same twice but for a way out of it, and are over at the end of calm', () => {
    const share = fc.double({ min: 0, max: 1.1, noNaN: true })
    fc.assert(
      fc.property(fc.array(share, { maxLength: 50 }), (shares) => {
        const levels = told([...shares, 0])
        for (const [at, level] of levels.entries()) {
          if (level === 'critical') continue
          expect(levels[at + 1]).not.toBe(level)
        }
        if (levels.length > 0) expect(levels.at(-1)).toBe('over')
      }),
    )
  })

  it('are told of the one that has the limit, not of what lives below it', () => {
    const levels = createLevels()
    const below = row(0.97, '/a/b', {
      limit: {
        scope: 'ancestor',
        path: '/a',
        limitBytes: LIMIT,
        usedBytes: 0.97 * LIMIT,
        headroomBytes: 0.03 * LIMIT,
      },
    })
    const changes = levels.observe(snapshot([row(0.97), below]))
    expect(changes.map(({ path }) => path)).toEqual(['/a'])
  })

  it('are told of what waits for memory, however far from its limit it looks', () => {
    const levels = createLevels()
    const waiting = (someAvg10: number): string[] =>
      levels
        .observe(snapshot([row(0.3, '/cache', { pressure: { someAvg10, fullAvg10: 0 } })]))
        .map((change) => levelInWords(change))
    expect(waiting(39)).toEqual([])
    expect(waiting(55)).toEqual([
      'cache is held back by its limit: 30 MiB of 100 MiB, 30 %. It waited for memory in 55 % of the last 10 s.',
    ])
    expect(waiting(25)).toEqual([])
    expect(waiting(5)).toEqual(['cache is away from its limit again: 30 MiB of 100 MiB, 30 %.'])
  })

  it('are told of the machine, too', () => {
    const levels = createLevels(USUAL_THRESHOLDS)
    expect(levels.observe(snapshot([], 0.1)).map(({ path, level }) => [path, level])).toEqual([
      [null, 'warning'],
    ])
  })

  it('are told in words, with the time left and the biggest process', () => {
    const [change] = createLevels().observe(
      snapshot([
        row(0.96, '/web', {
          timeLeft: { kind: 'seconds', low: 240, high: null },
          biggest: { pid: 7, name: 'python3', rssBytes: 90 * MIB },
        }),
      ]),
    )
    expect(change === undefined ? '' : levelInWords(change)).toBe(
      'web is about to reach its limit: 96 MiB of 100 MiB, 96 %. At this rate it may be reached in 4 min. Its biggest process is python3 (PID 7) with 90 MiB.',
    )
  })
})
