import { describe, expect, it } from 'vitest'
import { calm, NO_EVIDENCE, recording, sizeBy } from '../../test/support/sizing-evidence.ts'
import { GIB, MIB } from '../model/bytes.ts'
import type { Recording, Sample, SeriesMark } from '../model/series.ts'

const DAY_MS = 86_400_000
const NOW = NO_EVIDENCE.at

function daysAgo(days: number): number {
  return NOW - days * DAY_MS
}

function mark(kind: SeriesMark['kind'], at: number): SeriesMark {
  return { kind, at, says: kind }
}

/** Eight days in which the level, in MiB, changes. */
function levels(levelAt: (at: number) => number, more: Partial<Sample> = {}): Sample[] {
  return calm(0, 8).group.samples.map((one) => ({
    ...one,
    unreclaimableBytes: levelAt(one.at) * MIB + MIB * Math.sin(one.at),
    ...more,
  }))
}

/** What it was seen to need at most, in MiB. */
function needed(recordings: readonly Recording[], changedAt: number | null = null): number {
  const says = sizeBy({ recordings, changedAt }).because.join('\n')
  return Number(/at most (\d+) MiB/.exec(says)?.[1])
}

describe('a change of the workload', () => {
  const fell = levels((at) => (at < daysAgo(4) ? 300 : 100))

  it('ends what is known of the one before', () => {
    expect(needed([recording(fell)])).toBe(301)
    expect(needed([recording(fell, [mark('change', daysAgo(4))])])).toBe(101)
    expect(needed([recording(fell)], daysAgo(4))).toBe(101)
  })

  it('counts from its very moment', () => {
    const at = fell[600]?.at ?? 0
    const peak = fell.map((one) =>
      one.at === at ? { ...one, unreclaimableBytes: 500 * MIB } : one,
    )
    expect(needed([recording(peak, [mark('change', at)])])).toBe(500)
  })

  it('is the last one, wherever it is told', () => {
    const thrice = levels((at) => (at < daysAgo(6) ? 500 : at < daysAgo(3) ? 300 : 100))
    const marks = [mark('change', daysAgo(6)), mark('change', daysAgo(3))]
    expect(needed([recording(thrice, marks)])).toBe(101)
    expect(needed([recording(thrice, marks.slice(0, 1))], daysAgo(3))).toBe(101)
    expect(needed([recording(thrice, marks)], daysAgo(7))).toBe(101)
  })

  it('after which nothing was seen leaves what was seen before', () => {
    expect(needed([recording(fell)], NOW + DAY_MS)).toBe(301)
  })

  it('is none where only the limit was changed, or a restart or a kill', () => {
    const raised = fell.map((one) => ({
      ...one,
      limitBytes: one.at < daysAgo(4) ? 512 * MIB : GIB,
    }))
    expect(needed([recording(raised, [mark('change', daysAgo(4))])])).toBe(301)
    expect(needed([recording(fell, [mark('start', daysAgo(4))])])).toBe(301)
    const same = fell.map((one) => ({ ...one, limitBytes: 512 * MIB }))
    expect(needed([recording(same, [mark('change', daysAgo(4))])])).toBe(101)
  })

  it('is told from the limits right before and after it, also where not each sample has one', () => {
    const at = fell[600]?.at ?? 0
    const sparse = fell.map((one, index) => ({
      ...one,
      limitBytes: index < 300 ? 256 * MIB : index === 598 || index === 602 ? 512 * MIB : null,
    }))
    expect(needed([recording(sparse, [mark('change', at)])])).toBe(101)
  })
})

describe('several recordings', () => {
  const samples = levels(() => 200)
  const marks = [mark('start', daysAgo(5)), mark('start', daysAgo(2))]
  const whole = { ...recording(samples, marks), unknown: ['the node'] }
  const early = { ...recording(samples.slice(0, 700), marks.slice(0, 1)), unknown: ['the node'] }
  const late = { ...recording(samples.slice(600), marks.slice(1)), unknown: ['the node'] }

  it('of one subject are one history, in any order, and each moment counts once', () => {
    const asOne = sizeBy({ recordings: [whole] })
    expect(asOne.headroom).toBe(0.2)
    expect(sizeBy({ recordings: [early, late] })).toEqual(asOne)
    expect(sizeBy({ recordings: [late, early] })).toEqual(asOne)
  })

  it('have the name that one of them knows', () => {
    const subject = { platform: 'docker', name: 'web', id: 'c0ffee', image: null } as const
    for (const recordings of [
      [early, { ...late, subject }],
      [{ ...early, subject }, late],
    ]) {
      expect(sizeBy({ recordings }).subject).toEqual(subject)
    }
  })

  it.each([
    ['enough of it', 1, 101],
    ['too few samples of it', 1 / 288, 501],
  ])(
    'that measure differently are not mixed: the better one decides where there is %s',
    (_, days, need) => {
      const better = calm(100 * MIB, days)
      const worse = calm(500 * MIB, 8, 'usageBytes')
      expect(needed([better, worse])).toBe(need)
      expect(needed([worse, better])).toBe(need)
    },
  )

  it('where one sample measures worse than the others are no better than that one', () => {
    const mixed = samples.map((one, index) =>
      index === 5 ? { ...one, unreclaimableBytes: null, usageBytes: 201 * MIB } : one,
    )
    expect(sizeBy({ recordings: [recording(mixed)] }).because.join()).toMatch(/page cache counts/)
  })
})

describe('how sure a size is', () => {
  const restarts = (count: number): SeriesMark[] =>
    Array.from({ length: count }, (_, index) => mark('start', daysAgo(count - index)))
  const week = calm(100 * MIB, 7)
  const killed = [{ at: daysAgo(1), limitBytes: 300 * MIB, uptimeSeconds: null }]

  it.each([
    ['a week', { recordings: [week] }, 0.9],
    ['a day', { recordings: [calm(100 * MIB, 1)] }, 0.7],
    ['an hour', { recordings: [calm(100 * MIB, 1 / 24)] }, 0.5],
    ['half an hour', { recordings: [calm(100 * MIB, 1 / 48)] }, 0.3],
    ['a week with three lives', { recordings: [recording(week.group.samples, restarts(2))] }, 0.95],
    ['a week with two', { recordings: [recording(week.group.samples, restarts(1))] }, 0.9],
    [
      'a week that does not tell page cache',
      { recordings: [calm(100 * MIB, 7, 'usageBytes')] },
      0.63,
    ],
    ['a week and a kill', { recordings: [week], kills: killed }, 0.63],
    ['a high-water mark alone', { peakBytes: 120 * MIB, unreclaimableBytes: 80 * MIB }, 0.24],
    ['a kill alone', { kills: killed }, 0.2],
  ])('by %s', (_, evidence, confidence) => {
    expect(sizeBy(evidence).confidence).toBe(confidence)
  })

  it('a start before the first sample is no life more, nor is a kill', () => {
    const marks = [...restarts(1), mark('start', daysAgo(9)), mark('kill', daysAgo(2))]
    const sizing = sizeBy({ recordings: [recording(week.group.samples, marks)] })
    expect(sizing.confidence).toBe(0.9)
  })
})
