import { describe, expect, it } from 'vitest'
import {
  bindingOf,
  NO_EVIDENCE,
  recording,
  samplesOf,
  sizeBy,
} from '../../test/support/sizing-evidence.ts'
import { GIB, MIB } from '../model/bytes.ts'
import { NO_SAMPLE } from '../model/series.ts'
import { policyWithHeadroom } from './policy.ts'

const DAY = 86_400
const NOW = NO_EVIDENCE.at

describe('a leak', () => {
  const leak = (days: number, limitBytes: number | null) =>
    recording(
      samplesOf(
        Array.from(
          { length: 400 },
          (_, index) => 50 * MIB + index * MIB * 0.5 + MIB * Math.sin(index),
        ),
        'unreclaimableBytes',
        { stepSeconds: (days * DAY) / 400 },
      ).map((sample) => ({ ...sample, limitBytes })),
    )

  it('gets no limit, and hears what one would buy', () => {
    const sizing = sizeBy({ recordings: [leak(2, 512 * MIB)], limitBytes: 512 * MIB })
    expect(sizing).toMatchObject({ limitBytes: null, requestBytes: null, refused: true })
    expect(sizing.growth.kind).toBe('leak')
    expect(sizing.buys?.limitBytes).toBe(GIB)
    // 512 MiB more at 200 MiB in two days.
    expect((sizing.buys?.seconds ?? 0) / DAY).toBeCloseTo(5.12, 0)
    expect(sizing.because.join()).toMatch(/Raising the limit from 512 MiB to 1 GiB buys 5 days/)
  })

  it.each([
    ['without a limit, from what it has now', { limitBytes: null }, 512 * MIB, 2.6],
    [
      'without a limit, from what the kernel cannot take back now',
      { limitBytes: null, unreclaimableBytes: 300 * MIB },
      608 * MIB,
      3.1,
    ],
    // 700 MiB is what a pod has: no limit within it is larger.
    ['within the limit above it', { aboveBytes: 700 * MIB }, 688 * MIB, 1.76],
    ['within four fifths of the machine', { hostBytes: 960 * MIB }, 768 * MIB, 2.56],
  ])('is told what a raised limit buys: %s', (_, evidence, limitBytes, days) => {
    const { buys } = sizeBy({ recordings: [leak(2, null)], limitBytes: 512 * MIB, ...evidence })
    expect(buys?.limitBytes).toBe(limitBytes)
    expect((buys?.seconds ?? 0) / DAY).toBeCloseTo(days, 1)
  })

  it.each([
    [{}, /live through a week between two restarts it would take 960 MiB/],
    [{ hostBytes: 1_200 * MIB }, /live through a week between two restarts it would take 960 MiB/],
    [{ hostBytes: GIB }, /A week .* 960 MiB, more than the 819 MiB that it may have/],
    [{ aboveBytes: 700 * MIB }, /A week .* 960 MiB, more than the 700 MiB that it may have/],
    [{}, /grows by 4\.\d+ MiB an hour/],
    [{}, /A limit of 512 MiB would last 3 days from now/],
    [{}, /It grew steadily for one whole life.*a second life that grows alike would make sure/],
  ])('of 100 MiB a day says what a week takes: %j', (evidence, says) => {
    expect(sizeBy({ recordings: [leak(2, null)], ...evidence }).because.join(' ')).toMatch(says)
  })

  it('that several lives had alike is sure', () => {
    const lives = leak(8, 512 * MIB).group.samples.map((sample, index) => ({
      ...sample,
      unreclaimableBytes: (50 + (index % 100) * 2) * MIB + MIB * Math.sin(index),
    }))
    const marks = [100, 200, 300].map((index) => {
      const { at } = lives[index] ?? { at: 0 }
      return { at, kind: 'start' as const, says: 'started' }
    })
    const sizing = sizeBy({ recordings: [recording(lives, marks)] })
    expect(sizing.growth).toMatchObject({ kind: 'leak', diagnosis: 'leak' })
    expect(sizing.because.join()).toMatch(/It keeps growing/)
    expect(sizing.because.join()).not.toMatch(/a second life/)
  })

  it('of one life is none where a runtime keeps its end: a heap on its way to its maximum', () => {
    const says = ['heap 512 MiB (-Xmx512m)']
    const model = { runtime: 'java', bytes: 600 * MIB, unboundedBytes: 40 * MIB, says }
    const recordings = [leak(2, GIB)]
    const sizing = sizeBy({ recordings, model })
    expect(sizing).toMatchObject({ limitBytes: 608 * MIB, refused: false })
    expect(bindingOf(sizing)).toBe('runtime settings')
    const kills = [{ at: NOW - DAY * 1_000, limitBytes: GIB, uptimeSeconds: null }]
    expect(sizeBy({ recordings, model, kills }).refused).toBe(true)
  })

  it('is one where it may as well be in what no setting bounds', () => {
    const says = ['heap 64 MiB (-Xmx64m)']
    const model = { runtime: 'java', bytes: 900 * MIB, unboundedBytes: 300 * MIB, says }
    expect(sizeBy({ recordings: [leak(2, GIB)], model }).refused).toBe(true)
  })

  it('is not sent beyond what the machine has', () => {
    const sizing = sizeBy({
      recordings: [leak(2, 512 * MIB)],
      limitBytes: 512 * MIB,
      hostBytes: 640 * MIB,
    })
    expect(sizing.buys).toBeNull()
    expect(sizing.because.join()).toMatch(/no room to raise the limit/)
  })
})

describe('a warm-up', () => {
  /** So many minutes of memory that comes to rest at 300 MiB, half of the way every two hours. */
  const warming = (minutes: number) =>
    recording(
      samplesOf(
        Array.from(
          { length: minutes },
          (_, index) => 20 * MIB + 280 * MIB * (1 - 2 ** (-index / 120)) + MIB * Math.sin(index),
        ),
        'unreclaimableBytes',
        { stepSeconds: 60 },
      ),
    )

  it('is sized for the level that it comes to, before it is there', () => {
    const sizing = sizeBy({ recordings: [warming(480)] }, policyWithHeadroom(0))
    expect(sizing.growth.kind).toBe('warm-up')
    // 282 MiB are reached, which would be 288 MiB.
    expect(sizing.because.join()).toMatch(/It is warming up, and levels off at about (?:29|30)\d/)
    expect(sizing.limitBytes).toBeGreaterThanOrEqual(304 * MIB)
    expect(sizing.limitBytes).toBeLessThanOrEqual(320 * MIB)
  })
})

describe('what grows with the load', () => {
  it('is sized for the largest load, and hears how much fits', () => {
    const samples = Array.from({ length: 400 }, (_, index) => {
      const load = 10 + Math.round(8 * Math.sin(index / 25))
      return {
        ...NO_SAMPLE,
        at: NOW - (400 - index) * 60_000,
        load,
        unreclaimableBytes: 50 * MIB + load * 10 * MIB + (index % 7) * 4096,
      }
    })
    const sizing = sizeBy({ recordings: [recording(samples)] }, policyWithHeadroom(0.5))
    expect(sizing.growth.kind).toBe('concurrency')
    // 18 units take 230 MiB.
    expect(sizing.limitBytes).toBe(352 * MIB)
    expect(sizing.because.join()).toMatch(/26 units of load fit into nine tenths of it/)
    // The largest load, at a moment of which nothing else is known: 30 units take 350 MiB.
    const busy = { ...NO_SAMPLE, at: NOW - 1_000, load: 30 }
    const more = sizeBy({ recordings: [recording([...samples, busy])] }, policyWithHeadroom(0.5))
    expect(more.because.join()).toMatch(/350 MiB at the largest load that was seen, 30/)
    expect(more.limitBytes).toBe(528 * MIB)
  })
})
