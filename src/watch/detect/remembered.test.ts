import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MIB } from '../../model/bytes.ts'
import type { Row, Snapshot } from '../row.ts'
import { createRemembered } from './remembered.ts'

const LIMIT = 100 * MIB

function snapshot(at: number, charges: Readonly<Record<string, number>>): Snapshot {
  const rows = Object.entries(charges).map(([path, chargeBytes]): Row => ({
    path,
    name: path,
    depth: 1,
    container: null,
    gone: false,
    usageBytes: chargeBytes,
    chargeBytes,
    unreclaimableBytes: null,
    dirtyBytes: null,
    limit: {
      scope: 'own',
      path,
      limitBytes: LIMIT,
      usedBytes: chargeBytes,
      headroomBytes: LIMIT - chargeBytes,
    },
    highBytes: null,
    pressure: null,
    limitHitsPerSecond: null,
    growthBytesPerMinute: null,
    timeLeft: { kind: 'never' },
    oomKills: null,
    processes: 1,
    biggest: null,
    notes: [],
  }))
  const unknown = null
  const host = {
    totalBytes: unknown,
    availableBytes: unknown,
    swapTotalBytes: unknown,
    swapFreeBytes: unknown,
    someAvg10: unknown,
    fullAvg10: unknown,
    oomKills: unknown,
    newOomKills: unknown,
  }
  return { at, version: 2, host, rows, unknown: [] }
}

const timesOf = (remembered: ReturnType<typeof createRemembered>, path: string): number[] =>
  remembered.samplesOf(path)?.fact.samples.map(({ at }) => at) ?? []

describe('the course of a group', () => {
  it('has a sample of every five seconds of the last ten minutes, and the newest one', () => {
    const remembered = createRemembered()
    for (let second = 0; second <= 1_203; second++) {
      remembered.observe(snapshot(second * 1_000, { '/a': second * MIB }))
    }
    const times = timesOf(remembered, '/a')
    expect(times.at(-1)).toBe(1_203_000)
    expect(times).toHaveLength(120)
    expect(times.at(-1)).toBeGreaterThanOrEqual((times[0] ?? 0) + 590_000)
    expect(remembered.samplesOf('/a')?.fact.samples.at(-1)).toMatchObject({
      usageBytes: 1_203 * MIB,
      limitBytes: LIMIT,
    })
  })

  it('outlives its group by a minute, in which its end may be told', () => {
    const remembered = createRemembered()
    for (let second = 0; second < 20; second++)
      remembered.observe(snapshot(second * 1_000, { '/a': 1 }))
    remembered.observe(snapshot(60_000, { '/b': 1 }))
    expect(timesOf(remembered, '/a').length).toBeGreaterThan(1)
    remembered.observe(snapshot(90_000, { '/b': 1 }))
    expect(remembered.samplesOf('/a')).toBeNull()
  })

  it('never runs backwards, however the clock is set', () => {
    const steps = fc.array(fc.integer({ min: -7_200_000, max: 7_200_000 }), { maxLength: 60 })
    fc.assert(
      fc.property(steps, (jumps) => {
        const remembered = createRemembered()
        let now = 10_000_000_000
        for (const jump of jumps) {
          now += jump % 3 === 0 ? jump : 1_000
          remembered.observe(snapshot(now, { '/a': 1 }))
          const times = timesOf(remembered, '/a')
          expect(times).toEqual(times.toSorted((a, b) => a - b))
          if (times.length > 0) expect(times.at(-1)).toBe(now)
        }
      }),
    )
  })
})
