import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hostReading, reading } from '../../test/support/watched.ts'
import { MIB } from '../model/bytes.ts'
import type { GroupReading } from '../sources/cgroup/tree-sampler.ts'
import type { HostReading } from '../sources/host/live.ts'
import { shareOfLimit } from './row.ts'
import type { Row } from './row.ts'
import { createTracker } from './tracker.ts'

const NAMES = new Map<string, string>()

interface Step {
  groups: readonly GroupReading[]
  host?: HostReading
  /** Since the step before. */
  seconds?: number
  version?: 1 | 2
}

/** The rows after the last step, by path. */
function rowsAfter(...steps: readonly Step[]): Map<string, Row> {
  const tracker = createTracker()
  let seconds = 1_000
  let rows: Row[] = []
  for (const step of steps) {
    seconds += step.seconds ?? 1
    const round = { seconds, version: step.version ?? 2, host: step.host ?? hostReading() }
    rows = tracker.observe({ ...round, groups: step.groups }, NAMES).rows
  }
  return new Map(rows.map((row) => [row.path, row]))
}

function each(count: number, step: (index: number) => Step): Step[] {
  return Array.from({ length: count }, (_, index) => step(index))
}

describe('usage', () => {
  it('is what is charged without inactive page cache, as docker stats counts, and never below nothing', () => {
    const rows = rowsAfter({
      groups: [
        reading({ path: '/a', chargeBytes: 10 * MIB, inactiveFileBytes: 4 * MIB }),
        reading({ path: '/b', serial: 2, chargeBytes: 1, inactiveFileBytes: 4 }),
        reading({ path: '/c', serial: 3, chargeBytes: 5, inactiveFileBytes: null }),
      ],
    })
    expect(rows.get('/a')).toMatchObject({ usageBytes: 6 * MIB, chargeBytes: 10 * MIB })
    expect(rows.get('/b')?.usageBytes).toBe(0)
    expect(rows.get('/c')?.usageBytes).toBeNull()
  })
})

describe('the limit', () => {
  const parent = (over: Partial<GroupReading>): GroupReading =>
    reading({ path: '/p', serial: 1, ...over })
  const child = (over: Partial<GroupReading>): GroupReading =>
    reading({ path: '/p/c', serial: 2, parent: 0, ...over })

  it('is one above where that has less room, and its fullness is that of all below it', () => {
    const rows = rowsAfter({
      groups: [
        parent({ limit: 100 * MIB, chargeBytes: 90 * MIB, unreclaimableBytes: 90 * MIB }),
        child({ limit: 50 * MIB, chargeBytes: 5 * MIB, unreclaimableBytes: 5 * MIB }),
      ],
    })
    const row = rows.get('/p/c')
    expect(row?.limit).toMatchObject({ scope: 'ancestor', path: '/p', limitBytes: 100 * MIB })
    expect(row === undefined ? null : shareOfLimit(row)).toBeCloseTo(0.9)
    expect(rows.get('/p')?.limit).toMatchObject({ scope: 'own' })
  })

  it('is its own where that is reached first, although the one above is smaller', () => {
    const rows = rowsAfter({
      groups: [
        parent({ limit: 100 * MIB, chargeBytes: 60 * MIB, unreclaimableBytes: 60 * MIB }),
        child({ limit: 64 * MIB, chargeBytes: 60 * MIB, unreclaimableBytes: 60 * MIB }),
      ],
    })
    expect(rows.get('/p/c')?.limit).toMatchObject({ scope: 'own', limitBytes: 64 * MIB })
  })

  it('does not count page cache as room that is taken', () => {
    const rows = rowsAfter({
      groups: [
        parent({ limit: 100 * MIB, chargeBytes: 99 * MIB, unreclaimableBytes: MIB }),
        child({ limit: 64 * MIB, chargeBytes: 60 * MIB, unreclaimableBytes: MIB }),
      ],
    })
    expect(rows.get('/p/c')?.limit).toMatchObject({ scope: 'own', headroomBytes: 63 * MIB })
  })

  it('is the machine where nothing else is, or where the machine is nearly full', () => {
    const host = hostReading({ totalBytes: 1_000 * MIB, availableBytes: 10 * MIB })
    const rows = rowsAfter({
      groups: [
        reading({ path: '/free', serial: 1 }),
        reading({ path: '/held', serial: 2, limit: 500 * MIB, unreclaimableBytes: MIB }),
      ],
      host,
    })
    for (const path of ['/free', '/held']) {
      expect(rows.get(path)?.limit).toEqual({
        scope: 'host',
        path: null,
        limitBytes: 1_000 * MIB,
        usedBytes: 990 * MIB,
        headroomBytes: 10 * MIB,
      })
    }
  })

  it('passes over a group without a memory controller', () => {
    const rows = rowsAfter({
      groups: [
        parent({ limit: 100 * MIB }),
        child({ hasMemory: false, limit: 'none', processes: 3 }),
        reading({ path: '/p/c/d', serial: 3, parent: 1, limit: 200 * MIB }),
      ],
    })
    expect([...rows.keys()]).toEqual(['/p', '/p/c/d'])
    expect(rows.get('/p/c/d')).toMatchObject({ depth: 1, limit: { scope: 'ancestor', path: '/p' } })
    expect(rows.get('/p')?.processes).toBe(3)
  })

  it('is never one that does not stand on the way up, and none has less room', () => {
    const group = fc.record({
      parent: fc.nat(),
      limit: fc.oneof(fc.constant('none' as const), fc.constant(null), fc.nat({ max: 2 ** 40 })),
      chargeBytes: fc.option(fc.nat({ max: 2 ** 40 })),
      unreclaimableBytes: fc.option(fc.nat({ max: 2 ** 40 })),
    })
    fc.assert(
      fc.property(fc.array(group, { minLength: 1, maxLength: 12 }), (made) => {
        const groups: GroupReading[] = []
        for (const [index, each] of made.entries()) {
          const parent = index === 0 ? -1 : each.parent % index
          const path = `${groups[parent]?.path ?? ''}/g${index}`
          groups.push(reading({ ...each, parent, path, serial: index }))
        }
        for (const row of rowsAfter({ groups }).values()) {
          const above = groups.filter(({ path }) => `${row.path}/`.startsWith(`${path}/`))
          const { limit } = row
          if (limit === null || limit.scope === 'host') continue
          expect(above.map(({ path }) => path)).toContain(limit.path)
          for (const { limit: bytes, unreclaimableBytes } of above) {
            if (typeof bytes !== 'number' || unreclaimableBytes === null) continue
            expect(limit.headroomBytes ?? limit.limitBytes).toBeLessThanOrEqual(
              Math.max(0, bytes - unreclaimableBytes),
            )
          }
        }
      }),
    )
  })
})

describe('growth and the time left', () => {
  const growing = (perSecond: number, over: Partial<GroupReading> = {}): Step[] =>
    each(20, (index) => ({
      groups: [
        reading({
          limit: 256 * MIB,
          unreclaimableBytes: 10 * MIB + index * perSecond,
          chargeBytes: 100 * MIB,
          ...over,
        }),
      ],
    }))

  it('are those of a group that grows evenly', () => {
    const row = rowsAfter(...growing(2 * MIB)).get('/a')
    expect(row?.growthBytesPerMinute).toBeCloseTo(120 * MIB, 0)
    const truth = (256 - 10 - 19 * 2) / 2
    expect(row?.timeLeft).toMatchObject({ kind: 'seconds' })
    if (row?.timeLeft.kind !== 'seconds') return
    expect(row.timeLeft.low).toBeCloseTo(truth, 3)
    expect(row.timeLeft.high).toBeCloseTo(truth, 3)
  })

  it('are never, where only page cache grows', () => {
    const steps = each(20, (index) => ({
      groups: [
        reading({ limit: 256 * MIB, chargeBytes: index * 10 * MIB, unreclaimableBytes: MIB }),
      ],
    }))
    expect(rowsAfter(...steps).get('/a')).toMatchObject({
      growthBytesPerMinute: 0,
      timeLeft: { kind: 'never' },
    })
  })

  it('are those of the group above, where its limit binds and a sibling grows', () => {
    const steps = each(20, (index) => ({
      groups: [
        reading({ path: '/p', limit: 100 * MIB, unreclaimableBytes: (20 + index) * MIB }),
        reading({ path: '/p/idle', serial: 2, parent: 0, unreclaimableBytes: MIB }),
        reading({ path: '/p/busy', serial: 3, parent: 0, unreclaimableBytes: (19 + index) * MIB }),
      ],
    }))
    const idle = rowsAfter(...steps).get('/p/idle')
    expect(idle?.growthBytesPerMinute).toBe(0)
    expect(idle?.timeLeft).toMatchObject({ kind: 'seconds' })
    if (idle?.timeLeft.kind === 'seconds') expect(idle.timeLeft.low).toBeCloseTo(61, 3)
  })

  it('are those of the machine, where that is what binds', () => {
    const steps = each(20, (index) => ({
      groups: [reading({ unreclaimableBytes: MIB })],
      host: hostReading({ totalBytes: 1_000 * MIB, availableBytes: (500 - 10 * index) * MIB }),
    }))
    const left = rowsAfter(...steps).get('/a')?.timeLeft
    expect(left?.kind).toBe('seconds')
    if (left?.kind === 'seconds') expect(left.low).toBeCloseTo((500 - 190) / 10, 3)
  })

  it('are not known from one round or two, and no time from a moment', () => {
    const steps = growing(2 * MIB)
    expect(rowsAfter(...steps.slice(0, 1)).get('/a')).toMatchObject({
      growthBytesPerMinute: null,
      timeLeft: { kind: 'unknown' },
    })
    expect(rowsAfter(...steps.slice(0, 2)).get('/a')?.growthBytesPerMinute).toBeNull()
    const three = rowsAfter(...steps.slice(0, 3)).get('/a')
    expect(three?.growthBytesPerMinute).toBeCloseTo(120 * MIB, 0)
    expect(three?.timeLeft).toEqual({ kind: 'unknown' })
  })

  it('forget what is older than a minute', () => {
    const steps = each(90, (index) => ({
      groups: [reading({ limit: 256 * MIB, unreclaimableBytes: Math.min(index, 25) * MIB })],
    }))
    expect(rowsAfter(...steps).get('/a')).toMatchObject({
      growthBytesPerMinute: 0,
      timeLeft: { kind: 'never' },
    })
  })

  it('still need twelve rounds where rounds are rare', () => {
    const steps = each(20, (index) => ({
      groups: [reading({ unreclaimableBytes: index * 60 * MIB })],
      seconds: 60,
    }))
    expect(rowsAfter(...steps).get('/a')?.growthBytesPerMinute).toBeCloseTo(60 * MIB, 0)
  })

  it('start anew with a group that was made again', () => {
    const old = growing(5 * MIB)
    const young = each(2, () => ({ groups: [reading({ serial: 9, unreclaimableBytes: MIB })] }))
    expect(rowsAfter(...old, ...young).get('/a')?.growthBytesPerMinute).toBeNull()
  })
})

describe('hits of the limit', () => {
  it('are counted by the second', () => {
    const steps = [10, 40].map((limitHits) => ({ groups: [reading({ limitHits })], seconds: 3 }))
    expect(rowsAfter(...steps).get('/a')?.limitHitsPerSecond).toBeCloseTo(10)
  })

  it('are not known from one round, nor from a count that went back, which is said', () => {
    const steps = [40, 10].map((limitHits) => ({ groups: [reading({ limitHits })] }))
    expect(rowsAfter(...steps.slice(0, 1)).get('/a')?.limitHitsPerSecond).toBeNull()
    expect(rowsAfter(...steps).get('/a')).toMatchObject({
      limitHitsPerSecond: null,
      notes: ['the count of limit hits went back'],
    })
  })
})

describe('OOM kills', () => {
  const tree = (kills: readonly [number, number], version: 1 | 2): Step => ({
    groups: [
      reading({ path: '/p', oomKills: kills[0] }),
      reading({ path: '/p/c', serial: 2, parent: 0, oomKills: kills[1] }),
    ],
    version,
  })

  it('are those since the first round, and those of v1 are added up for the groups above', () => {
    const rows = rowsAfter(tree([3, 7], 1), tree([3, 9], 1), tree([4, 9], 1))
    expect(rows.get('/p/c')?.oomKills).toBe(2)
    expect(rows.get('/p')?.oomKills).toBe(3)
  })

  it('of v2 are counted above by the kernel', () => {
    const rows = rowsAfter(tree([10, 7], 2), tree([12, 9], 2))
    expect(rows.get('/p/c')?.oomKills).toBe(2)
    expect(rows.get('/p')?.oomKills).toBe(2)
  })

  it('of a group that came later all count', () => {
    const late = {
      groups: [reading({ path: '/p' }), reading({ path: '/p/c', serial: 5, oomKills: 1 })],
    }
    expect(rowsAfter({ groups: [reading({ path: '/p' })] }, late).get('/p/c')?.oomKills).toBe(1)
  })

  it('from before are none, where the count could not be read at first', () => {
    const steps = [null, 7, 8].map((oomKills) => ({ groups: [reading({ oomKills })] }))
    expect(rowsAfter(...steps).get('/a')?.oomKills).toBe(1)
  })

  it('that went back are none, which is said', () => {
    expect(rowsAfter(tree([5, 5], 2), tree([5, 4], 2)).get('/p/c')).toMatchObject({
      oomKills: 0,
      notes: ['the count of OOM kills went back'],
    })
  })

  it('are not known where the kernel does not count them', () => {
    expect(rowsAfter({ groups: [reading({ oomKills: null })] }).get('/a')?.oomKills).toBeNull()
  })

  it('of the machine are those since the first round', () => {
    const tracker = createTracker()
    const observe = (oomKills: number | null, seconds: number): number | null =>
      tracker.observe({ seconds, version: 2, groups: [], host: hostReading({ oomKills }) }, NAMES)
        .newOomKills
    expect([observe(8, 1), observe(8, 2), observe(11, 3), observe(null, 4)]).toEqual([
      0,
      0,
      3,
      null,
    ])
  })
})

describe('processes', () => {
  it('are counted with those below, and the biggest of all is named', () => {
    const sizes = (pid: number, rssBytes: number): GroupReading['sizes'] => ({
      biggest: { pid, name: `p${pid}`, rssBytes },
      hidden: 0,
    })
    const rows = rowsAfter({
      groups: [
        reading({ path: '/p', processes: 1, sizes: sizes(1, 10) }),
        reading({ path: '/p/c', serial: 2, parent: 0, processes: 2, sizes: sizes(2, 30) }),
        reading({ path: '/p/d', serial: 3, parent: 0, processes: 4, sizes: null }),
      ],
    })
    expect(rows.get('/p')).toMatchObject({ processes: 7, biggest: { pid: 2, rssBytes: 30 } })
    expect(rows.get('/p/d')).toMatchObject({ processes: 4, biggest: null })
  })

  it('are not known above either, where a list could not be read', () => {
    const rows = rowsAfter({
      groups: [
        reading({ path: '/p', processes: 1 }),
        reading({ path: '/p/c', serial: 2, parent: 0, processes: null }),
      ],
    })
    expect(rows.get('/p')?.processes).toBeNull()
  })

  it('that may not be read are said', () => {
    const groups = [reading({ processes: 2, sizes: { biggest: null, hidden: 2 } })]
    expect(rowsAfter({ groups }).get('/a')?.notes).toEqual(['2 processes may not be read'])
    const one = [reading({ processes: 2, sizes: { biggest: null, hidden: 1 } })]
    expect(rowsAfter({ groups: one }).get('/a')?.notes).toEqual(['1 process may not be read'])
  })
})

describe('a group that is removed', () => {
  it('is told for ten seconds with its last figures, and the others go on', () => {
    const both = { groups: [reading({ chargeBytes: 7 }), reading({ path: '/b', serial: 2 })] }
    const one = { groups: [reading({ path: '/b', serial: 2 })] }
    const rows = rowsAfter(both, one)
    expect(rows.get('/a')).toMatchObject({ gone: true, chargeBytes: 7, notes: ['removed'] })
    expect(rows.get('/b')?.gone).toBe(false)
    expect([...rowsAfter(both, one, { ...one, seconds: 11 }).keys()]).toEqual(['/b'])
  })

  it('is not told without end where groups come and go by the thousand', () => {
    const steps = each(5, (step) => ({
      groups: Array.from({ length: 500 }, (_, index) =>
        reading({ path: `/s${step}-${index}`, serial: step * 1_000 + index }),
      ),
      seconds: 0.1,
    }))
    expect(rowsAfter(...steps).size).toBe(600)
  })
})
