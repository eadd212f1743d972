import fc from 'fast-check'
import { expect, test } from 'vitest'
import { firstTier, keptShare, nextTier, TIER_DEFAULTS, TIERS } from './tiers.ts'
import type { TierState } from './tiers.ts'

const SETTINGS = TIER_DEFAULTS

interface Look {
  ratio: number
  afterMs: number
}

const looks = fc.array(
  fc.record({
    ratio: fc.double({ min: 0, max: 1.2, noNaN: true }),
    afterMs: fc.integer({ min: 1, max: 20_000 }),
  }),
  { maxLength: 60 },
)

/** All states that a course of looks leads through, with the time of each. */
function course(all: readonly Look[]): { state: TierState; atMs: number; ratio: number }[] {
  let state = firstTier(0)
  let atMs = 0
  return all.map(({ ratio, afterMs }) => {
    atMs += afterMs
    state = nextTier(state, { ratio, pressure: null }, atMs, SETTINGS)
    return { state, atMs, ratio }
  })
}

function rank({ tier }: TierState): number {
  return TIERS.indexOf(tier)
}

test('each tier begins at its share of the limit, at once', () => {
  const at = (ratio: number) => course([{ ratio, afterMs: 1 }])[0]?.state.tier
  expect([0.69, 0.7, 0.84, 0.85, 0.92].map(at)).toEqual([
    'observe',
    'evict',
    'evict',
    'shed',
    'shed',
  ])
})

test('the process leaves after so many looks in a row above the last share, and never for a single one', () => {
  const over = { ratio: 0.95, afterMs: 20 }
  const under = { ratio: 0.9, afterMs: 20 }
  expect(course([over, over, over]).map(({ state }) => state.tier)).toEqual([
    'shed',
    'shed',
    'drain',
  ])
  expect(course([over, over, under, over, over]).at(-1)?.state.tier).toBe('shed')
})

test('who has refused all work for so long leaves, unless it was told never to; a break begins the time anew', () => {
  const held = (ratio: number, looks: number) =>
    Array.from({ length: looks }, () => ({ ratio, afterMs: 10_000 }))
  expect(course(held(0.86, 6)).at(-1)?.state.tier).toBe('shed')
  expect(course(held(0.86, 7)).at(-1)?.state.tier).toBe('drain')
  expect(course([...held(0.86, 6), ...held(0.75, 1), ...held(0.86, 6)]).at(-1)?.state.tier).toBe(
    'shed',
  )
  let state = firstTier(0)
  for (let at = 1; at < 1_000; at++) {
    const seen = { ratio: 0.86, pressure: null }
    state = nextTier(state, seen, at * 10_000, { ...SETTINGS, longestShedMs: 0 })
  }
  expect(state.tier).toBe('shed')
})

test('it comes down one tier at a time, each after its while, and only well below the threshold', () => {
  const calm = (ratio: number) => ({ ratio, afterMs: 5_000 })
  const tiers = course([{ ratio: 0.86, afterMs: 1 }, calm(0.82), calm(0.79), calm(0.66), calm(0.6)])
  expect(tiers.map(({ state }) => state.tier)).toEqual([
    'shed',
    'shed',
    'evict',
    'evict',
    'observe',
  ])
})

test('tasks that stand still for memory call for eviction, and for shedding where all of them do', () => {
  const under = (some: number, full: number) =>
    nextTier(firstTier(0), { ratio: 0.3, pressure: { some, full } }, 1, SETTINGS).tier
  expect(under(0.01, 0)).toBe('observe')
  expect(under(0.1, 0.01)).toBe('evict')
  expect(under(0.3, 0.1)).toBe('shed')
})

test('whatever happens: no tier falls sooner than its while, none is skipped on the way down, and the last one is final', () => {
  fc.assert(
    fc.property(looks, (all) => {
      const states = course(all)
      for (const [at, now] of states.entries()) {
        const before = states[at - 1]
        if (before === undefined) continue
        if (rank(now.state) < rank(before.state)) {
          expect(rank(now.state)).toBe(rank(before.state) - 1)
          expect(now.atMs - before.state.sinceMs).toBeGreaterThanOrEqual(SETTINGS.dwellMs)
        }
        if (before.state.tier === 'drain') expect(now.state.tier).toBe('drain')
        const hasShedMs = now.state.tier === 'shed' ? now.atMs - now.state.sinceMs : 0
        expect(hasShedMs).toBeLessThan(SETTINGS.longestShedMs)
      }
    }),
  )
})

test('whatever happens: nobody is let in above the threshold of shedding', () => {
  fc.assert(
    fc.property(looks, (all) => {
      for (const { state, ratio } of course(all)) {
        if (ratio >= SETTINGS.shedAt) expect(rank(state)).toBeGreaterThanOrEqual(2)
        if (ratio >= SETTINGS.evictAt) expect(rank(state)).toBeGreaterThanOrEqual(1)
      }
    }),
  )
})

test('memory that stands still between two thresholds does not make a tier flap', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 0.92, noNaN: true }),
      fc.double({ min: 0, max: 0.049, noNaN: true }),
      (ratio, noise) => {
        const all = Array.from({ length: 200 }, (_, at) => ({
          ratio: Math.max(0, at % 2 === 0 ? ratio : ratio - noise),
          afterMs: 1_000,
        }))
        // In the end who sheds all the while leaves, which is up again.
        const ranks = course(all).map(({ state }) => rank(state))
        expect(ranks.every((one, at) => at === 0 || one >= (ranks[at - 1] ?? 0))).toBe(true)
      },
    ),
  )
})

test('a cache keeps less the fuller it is, and half at most where tasks wait for memory', () => {
  const kept = (ratio: number) => keptShare({ ratio, pressure: null }, SETTINGS)
  expect([0.2, 0.7, 1, 1.3].map(kept)).toEqual([1, 1, 0, 0])
  expect(kept(0.85)).toBeCloseTo(0.5)
  expect(keptShare({ ratio: 0.2, pressure: { some: 0.2, full: 0 } }, SETTINGS)).toBe(0.5)
})
