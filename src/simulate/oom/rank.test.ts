import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { candidate, CURRENT, MIB_PAGES } from '../../../test/support/oom-setting.ts'
import { rank, type Scale } from './rank.ts'
import { rulesOf } from './rules.ts'

/** A limit of 100 MiB. */
const SCALE: Scale = { totalPages: 100 * MIB_PAGES, atLeastPages: 0, pageSizeBytes: 4096 }
const UNKNOWN: Scale = { ...SCALE, totalPages: null, atLeastPages: 100 * MIB_PAGES }

function names(ranking: ReturnType<typeof rank>): string[] | undefined {
  return ranking?.map(({ name }) => name)
}

describe('the order in which processes would be chosen', () => {
  it('goes by resident memory, swap and page tables together', () => {
    const ranking = rank(
      [
        candidate('resident', { mib: 30 }),
        candidate('swapped', { mib: 10, swapMib: 25 }),
        candidate('tables', { mib: 20, tablesMib: 20 }),
      ],
      SCALE,
      CURRENT,
    )
    expect(names(ranking)).toEqual(['tables', 'swapped', 'resident'])
    expect(ranking?.map(({ badness }) => badness)).toEqual([400, 350, 300])
    expect(ranking?.map(({ behindBytes }) => behindBytes)).toEqual([0, 5 << 20, 10 << 20])
  })

  it('counts oom_score_adj in thousandths of the limit, in whole pages', () => {
    const ranking = rank(
      [candidate('large', { mib: 60 }), candidate('small', { mib: 10, oomScoreAdj: 510 })],
      SCALE,
      CURRENT,
    )
    // Of 25.6 pages to a thousandth 25 count: 2560 + 510 · 25 against 15360. With 25.6 the small one would be first.
    expect(ranking?.map(({ points }) => points)).toEqual([15_360, 2_560 + 510 * 25])
    expect(names(ranking)).toEqual(['large', 'small'])
  })

  it('lets points fall below none since 5.9, and not before', () => {
    const two = [
      candidate('a', { mib: 1, oomScoreAdj: -500 }),
      candidate('b', { mib: 2, oomScoreAdj: -900 }),
    ]
    expect(rank(two, SCALE, rulesOf('5.9.0'))?.map(({ points }) => points)).toEqual([
      -12_244, -21_988,
    ])
    const before = rank(two, SCALE, rulesOf('5.8.18'))
    expect(before?.map(({ points }) => points)).toEqual([1, 1])
    expect(before?.map(({ badness }) => badness)).toEqual([0, 0])
  })

  it('takes the last met of equals since 5.3, and the first before', () => {
    const three = [candidate('a'), candidate('b'), candidate('c')]
    expect(names(rank(three, SCALE, rulesOf('5.3')))).toEqual(['c', 'b', 'a'])
    expect(names(rank(three, SCALE, rulesOf('5.2.21')))).toEqual(['a', 'b', 'c'])
  })

  it('takes 3 % off for root before 4.17', () => {
    const two = [candidate('root', { mib: 50, uid: 0 }), candidate('user', { mib: 49, uid: 1000 })]
    expect(names(rank(two, SCALE, rulesOf('4.16.18')))).toEqual(['user', 'root'])
    expect(names(rank(two, SCALE, rulesOf('4.17.0')))).toEqual(['root', 'user'])
  })

  it('never chooses those that are exempt', () => {
    const ranking = rank(
      [
        candidate('init', { mib: 90, exempt: 'init' }),
        candidate('kthreadd', { mib: null, exempt: 'no-memory' }),
        candidate('protected', { mib: 90, oomScoreAdj: -1000 }),
        candidate('app', { mib: 1 }),
      ],
      SCALE,
      CURRENT,
    )
    expect(ranking?.[0]?.name).toBe('app')
    expect(ranking?.slice(1).map(({ name, spared, points }) => [name, spared, points])).toEqual([
      ['protected', 'adjusted', null],
      ['kthreadd', 'no-memory', null],
      ['init', 'init', null],
    ])
  })
})

describe('where the total is not known', () => {
  it('memory alone decides among equal adjustments, and scores are not made up', () => {
    const ranking = rank([candidate('a', { mib: 1 }), candidate('b', { mib: 2 })], UNKNOWN, CURRENT)
    expect(names(ranking)).toEqual(['b', 'a'])
    expect(ranking?.map(({ badness }) => badness)).toEqual([null, null])
    expect(ranking?.[1]?.behindBytes).toBe(1 << 20)
  })

  it('the first place is certain where the largest has the highest adjustment, too', () => {
    const ranking = rank(
      [
        candidate('pause', { mib: 1, oomScoreAdj: -998 }),
        candidate('app', { mib: 50, oomScoreAdj: 900 }),
      ],
      UNKNOWN,
      CURRENT,
    )
    expect(names(ranking)).toEqual(['app', 'pause'])
    expect(ranking?.[1]?.behindBytes).toBeNull()
  })

  it('nothing is certain where a smaller one has the higher adjustment', () => {
    const two = [candidate('large', { mib: 90 }), candidate('small', { mib: 10, oomScoreAdj: 100 })]
    expect(rank(two, UNKNOWN, CURRENT)).toBeNull()
    expect(names(rank(two, SCALE, CURRENT))).toEqual(['large', 'small'])
    expect(names(rank(two, { ...SCALE, totalPages: 1_000 * MIB_PAGES }, CURRENT))).toEqual([
      'small',
      'large',
    ])
  })

  it('who is first for an unknown total is first for every total from the least on', () => {
    fc.assert(
      fc.property(
        fc.array(process, { minLength: 1, maxLength: 6 }),
        fc.nat(2 ** 40),
        (all, more) => {
          const processes = all.map((one, pid) => ({ ...one, pid }))
          const first = rank(processes, UNKNOWN, CURRENT)?.[0]
          fc.pre(first !== undefined)
          const totalPages = UNKNOWN.atLeastPages + more
          expect(rank(processes, { ...SCALE, totalPages }, CURRENT)?.[0]?.pid).toBe(first.pid)
        },
      ),
    )
  })
})

describe('always', () => {
  it('names each process once', () => {
    fc.assert(
      fc.property(fc.array(process, { maxLength: 8 }), (all) => {
        const processes = all.map((one, pid) => ({ ...one, pid }))
        const pids = rank(processes, SCALE, CURRENT)?.map(({ pid }) => pid)
        expect(pids?.toSorted((a, b) => a - b)).toEqual(processes.map(({ pid }) => pid))
      }),
    )
  })

  it('does not depend on the order in which processes are met, but for equals', () => {
    fc.assert(
      fc.property(fc.array(process, { maxLength: 8 }), (all) => {
        const processes = all.map((one, pid) => ({ ...one, pid }))
        const there = rank(processes, SCALE, CURRENT)
        const back = rank(processes.toReversed(), SCALE, CURRENT)
        expect(there?.map(({ points }) => points)).toEqual(back?.map(({ points }) => points))
        fc.pre(new Set(there?.map(({ points }) => points)).size === processes.length)
        expect(names(there)).toEqual(names(back))
      }),
    )
  })

  it('never moves a process down for more memory or a higher adjustment', () => {
    fc.assert(
      fc.property(
        fc.array(process, { minLength: 1, maxLength: 8 }),
        fc.nat(1_000),
        fc.nat(2_000),
        (all, moreMib, moreAdj) => {
          const processes = all.map((one, pid) => ({ ...one, pid }))
          const [first, ...others] = processes
          fc.pre(first !== undefined && first.oomScoreAdj !== -1000)
          const grown = {
            ...first,
            rssBytes: (first.rssBytes ?? 0) + moreMib * 2 ** 20,
            oomScoreAdj: Math.min(1000, (first.oomScoreAdj ?? 0) + moreAdj),
          }
          const before = placeOf(0, rank(processes, SCALE, CURRENT))
          expect(placeOf(0, rank([grown, ...others], SCALE, CURRENT))).toBeLessThanOrEqual(before)
        },
      ),
    )
  })
})

const process = fc
  .record({
    mib: fc.nat(4_096),
    swapMib: fc.nat(64),
    oomScoreAdj: fc.oneof(fc.constant(0), fc.integer({ min: -1000, max: 1000 })),
  })
  .map((change) => candidate('p', change))

function placeOf(pid: number, ranking: ReturnType<typeof rank>): number {
  return ranking?.findIndex((one) => one.pid === pid) ?? -1
}
