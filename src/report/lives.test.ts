import { describe, expect, it } from 'vitest'
import type { CaseLives } from '../model/case.ts'
import { binInWords, lifetimesOf, livesInWords, livingOverTime } from './lives.ts'

const START = Date.UTC(2026, 4, 1)

/** Lives that lasted so many seconds, each beginning `pause` seconds after the end of the one before. */
function livesOf(seconds: readonly number[], pause = 60): CaseLives {
  let at = START
  const list = seconds.map((lasted) => {
    const startedAt = at
    const endedAt = startedAt + lasted * 1_000
    at = endedAt + pause * 1_000
    return { startedAt, endedAt, how: 'exit code 137' }
  })
  return { list, earlier: 0, cpus: null }
}

function bars(lives: CaseLives): string[] {
  return (lifetimesOf(lives)?.bins ?? []).map((bin) => `${binInWords(bin)}: ${bin.count}`)
}

describe('how long lives were', () => {
  it('lives that are alike are told apart by tenths of a second', () => {
    expect(bars(livesOf([4.71, 4.7, 4.79, 4.92, 4.7]))).toEqual([
      '4.7 s to 4.8 s: 4',
      '4.8 s to 4.9 s: 0',
      '4.9 s to 5 s: 1',
    ])
  })

  it('whole seconds are not finer than they were written', () => {
    expect(bars(livesOf([5, 5, 6, 5]))).toEqual(['5 s to 6 s: 3', '6 s to 7 s: 1'])
  })

  it('from a second to a day each bar is about twice as long as the one before', () => {
    const bins = bars(livesOf([0.4, 3, 4, 300, 90_000]))
    expect(bins[0]).toBe('less than 1 s: 1')
    expect(bins).toContain('2 s to 5 s: 2')
    expect(bins).toContain('5 minutes to 10 minutes: 1')
    expect(bins.at(-1)).toBe('24 hours to 2 days: 1')
  })

  it('there are no more bars than lives, and every life is in one', () => {
    for (const seconds of [
      [10, 39],
      [7.2, 4.9],
      [100, 130, 260, 399],
      [3600, 7200, 10_000],
    ]) {
      const bins = lifetimesOf(livesOf(seconds))?.bins ?? []
      expect(bins.length).toBeLessThanOrEqual(seconds.length)
      expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(seconds.length)
      expect(bins[0]?.count).toBeGreaterThan(0)
      expect(bins.at(-1)?.count).toBeGreaterThan(0)
    }
  })

  it('one life alone, and lives whose start is not known, are no histogram', () => {
    expect(lifetimesOf(livesOf([5]))).toBeNull()
    const list = livesOf([5, 6]).list.map((life) => ({ ...life, startedAt: null }))
    expect(lifetimesOf({ list })).toBeNull()
  })
})

describe('when something lived', () => {
  it('goes up with each start and down with each end', () => {
    const lives = livesOf([10, 10], 30)
    const steps = livingOverTime(lives).map(({ at, living }) => [(at - START) / 1_000, living])
    expect(steps).toEqual([
      [0, 1],
      [10, 0],
      [40, 1],
      [50, 0],
    ])
    expect(livesInWords(lives)).toBe(
      '2 lives, 10 s long each; from the first start on, something ran for 40 % of the time.',
    )
  })

  it('instances add up, and one that takes over at the very moment leaves no gap', () => {
    const list = [
      { startedAt: 0, endedAt: 10_000, how: 'TASK_FAILED' },
      { startedAt: 5_000, endedAt: 10_000, how: 'TASK_FAILED' },
      { startedAt: 10_000, endedAt: null, how: 'TASK_RUNNING' },
    ]
    expect(livingOverTime({ list })).toEqual([
      { at: 0, living: 1 },
      { at: 5_000, living: 2 },
      { at: 10_000, living: 1 },
    ])
  })

  it('lives before that only a counter knows are told', () => {
    expect(livesInWords({ ...livesOf([5, 6]), earlier: 10 })).toContain(
      '2 lives (and 10 before, of which no more is known)',
    )
  })
})
