import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bindingOf,
  calm,
  NO_EVIDENCE,
  recording,
  samplesOf,
  sizeBy,
} from '../../test/support/sizing-evidence.ts'
import { GIB, MIB } from '../model/bytes.ts'
import { NO_SAMPLE } from '../model/series.ts'
import type { Sample } from '../model/series.ts'
import type { SizingEvidence } from '../model/sizing.ts'
import { MAX_SAMPLES } from '../parsers/series/series-builder.ts'
import { policyWithHeadroom } from './policy.ts'

const DAY = 86_400
const NOW = NO_EVIDENCE.at

describe('how much room', () => {
  it.each([
    ['a calm week', 8, 0.2],
    ['two days', 2, 0.5],
    ['an hour', 1 / 24, 1],
  ])('of %s', (_, days, share) => {
    const sizing = sizeBy({ recordings: [calm(200 * MIB, days)] })
    expect(sizing.headroom).toBe(share)
    const exact = 201 * MIB * (1 + share)
    expect(sizing.limitBytes).toBeGreaterThanOrEqual(exact - MIB)
    expect(sizing.limitBytes).toBeLessThan(exact + 17 * MIB)
    expect((sizing.limitBytes ?? 1) % (16 * MIB)).toBe(0)
  })

  it('of a week in which it needed much more at times: more', () => {
    const bursts = calm(100 * MIB, 8).group.samples.map((sample, index) =>
      index % 100 === 50 ? { ...sample, unreclaimableBytes: 180 * MIB } : sample,
    )
    const sizing = sizeBy({ recordings: [recording(bursts)] })
    expect(sizing.headroom).toBe(0.5)
    expect(sizing.limitBytes).toBeGreaterThanOrEqual(270 * MIB)
  })

  it('as it was asked for', () => {
    const sizing = sizeBy({ recordings: [calm(200 * MIB, 1 / 24)] }, policyWithHeadroom(0.3))
    expect(sizing.headroom).toBe(0.3)
    expect(sizing.because.join()).toMatch(/30 % of room above that, as it was asked for/)
  })

  it.each([
    ['exactly a day is no less than one', { recordings: [calm(200 * MIB, 1)] }, 0.5],
    ['exactly a week is a long history', { recordings: [calm(200 * MIB, 7)] }, 0.2],
    [
      'a mark counts since the start of the group',
      { peakBytes: 120 * MIB, unreclaimableBytes: 80 * MIB, startedAt: NOW - 3 * 3_600_000 },
      1,
    ],
    [
      'without a mark the start tells nothing',
      { recordings: [calm(200 * MIB, 1 / 24)], startedAt: NOW - 9 * DAY * 1_000 },
      1,
    ],
  ])('is left where %s', (_, evidence, share) => {
    expect(sizeBy(evidence).headroom).toBe(share)
  })

  it('is called by how much is known', () => {
    const says = (evidence: Partial<SizingEvidence>): string => sizeBy(evidence).because.join(' ')
    expect(says({ recordings: [calm(200 * MIB, 8)] })).toMatch(/8 days are known and it hardly/)
    expect(says({ recordings: [calm(200 * MIB, 2)] })).toMatch(
      /2 days are known, less than a watch/,
    )
    expect(says({ peakBytes: 120 * MIB, unreclaimableBytes: 80 * MIB })).toMatch(
      /it is known at one moment alone/,
    )
  })

  it('counts no time that nobody watched', () => {
    const early = calm(200 * MIB, 1 / 24).group.samples.map((one) => ({
      ...one,
      at: one.at - 9 * DAY * 1_000,
    }))
    const late = calm(200 * MIB, 1 / 24).group.samples
    expect(sizeBy({ recordings: [recording([...early, ...late])] }).headroom).toBe(1)
  })
})

describe('page cache', () => {
  const now: Sample = {
    ...NO_SAMPLE,
    at: NOW,
    usageBytes: 500 * MIB,
    unreclaimableBytes: 100 * MIB,
    anonBytes: 90 * MIB,
    limitBytes: 512 * MIB,
  }

  it('is no need: the same usage, sized for what cannot be taken back', () => {
    const cached = calm(500 * MIB, 8, 'usageBytes').group.samples.map((sample) => ({
      ...sample,
      unreclaimableBytes: 100 * MIB + MIB * Math.sin(sample.at),
    }))
    expect(sizeBy({ recordings: [recording(cached)] }).limitBytes).toBe(128 * MIB)
    const raw = sizeBy({ recordings: [calm(500 * MIB, 8, 'usageBytes')] })
    expect(raw.limitBytes).toBe(608 * MIB)
    expect(raw.because.join()).toMatch(/usage, in which all page cache counts/)
    expect(raw.confidence).toBeLessThan(0.7)
  })

  it('is taken out of a high-water mark at which the group stands now', () => {
    const sizing = sizeBy({
      recordings: [recording([{ ...now, peakBytes: 505 * MIB }])],
      peakBytes: 505 * MIB,
      unreclaimableBytes: 100 * MIB,
      startedAt: NOW - 2 * DAY * 1_000,
    })
    // 105 MiB and a half of it.
    expect(sizing.limitBytes).toBe(160 * MIB)
    expect(sizing.headroom).toBe(0.5)
  })

  it('is taken out of it also where the history is one that tells nothing of page cache', () => {
    const history = recording(
      calm(300 * MIB, 8, 'usageBytes').group.samples.map(({ at, usageBytes }) => ({
        ...NO_SAMPLE,
        at,
        workingSetBytes: usageBytes,
      })),
    )
    const sizing = sizeBy({
      recordings: [history, recording([{ ...now, peakBytes: 505 * MIB }])],
      peakBytes: 505 * MIB,
      unreclaimableBytes: 100 * MIB,
    })
    // What a week showed, 302 MiB, and not the one sample of now, which measures better; nor the mark.
    expect(sizing.because.join()).toMatch(/at most 30\d MiB: working set/)
    expect(sizing.limitBytes).toBe(368 * MIB)
  })

  it('makes a mark at the limit worthless, and that is said', () => {
    const sizing = sizeBy({
      recordings: [recording([{ ...now, usageBytes: 300 * MIB, peakBytes: 512 * MIB }])],
      peakBytes: 512 * MIB,
      unreclaimableBytes: 100 * MIB,
    })
    expect(sizing.limitBytes).toBe(208 * MIB)
    expect(sizing.unknown.join()).toMatch(/high-water mark is the limit itself/)
  })

  it('is bounded by what processes had at most, where nobody watched when the mark was set', () => {
    const sizing = sizeBy({
      recordings: [recording([{ ...now, usageBytes: 300 * MIB, peakBytes: 450 * MIB }])],
      peakBytes: 450 * MIB,
      unreclaimableBytes: 100 * MIB,
      processPeakBytes: 190 * MIB,
    })
    // There is 200 MiB of page cache now, and there was no more of it then: 250 MiB, twice.
    expect(sizing.limitBytes).toBe(512 * MIB)
    expect(bindingOf(sizing)).toBe('high-water mark')
  })

  it('cannot explain a mark of programs that ended: what is no page cache now was none then', () => {
    const sizing = sizeBy({
      recordings: [recording([{ ...now, usageBytes: 105 * MIB, peakBytes: 300 * MIB }])],
      peakBytes: 300 * MIB,
      unreclaimableBytes: 100 * MIB,
      processPeakBytes: 90 * MIB,
    })
    expect(sizing.limitBytes).toBe(592 * MIB)
  })

  it('at a limit that it filled: what processes had at most is what counts', () => {
    const sizing = sizeBy({
      recordings: [recording([{ ...now, usageBytes: 300 * MIB, peakBytes: 512 * MIB }])],
      peakBytes: 512 * MIB,
      unreclaimableBytes: 100 * MIB,
      processPeakBytes: 190 * MIB,
    })
    // 190 MiB of processes and 10 MiB that are not theirs, twice.
    expect(sizing.limitBytes).toBe(400 * MIB)
  })

  it('that is still to be written needs no room', () => {
    const writing = calm(100 * MIB, 8).group.samples.map((sample) => ({
      ...sample,
      anonBytes: 95 * MIB,
      shmemBytes: 0,
      kernelBytes: 5 * MIB,
      unreclaimableBytes: 400 * MIB,
    }))
    expect(sizeBy({ recordings: [recording(writing)] }).limitBytes).toBe(128 * MIB)
  })

  it('is taken out of a mark that rose between two samples that saw nothing of it', () => {
    const quiet = calm(100 * MIB, 8).group.samples.map((sample, index) => ({
      ...sample,
      usageBytes: (sample.unreclaimableBytes ?? 0) + 50 * MIB,
      peakBytes: (index < 600 ? 152 : 400) * MIB,
    }))
    const sizing = sizeBy({ recordings: [recording(quiet)] })
    expect(sizing.bounds[0]?.says).toMatch(/^350 MiB and 20 %/)
    expect(sizing.limitBytes).toBe(432 * MIB)
  })
})

describe('bounds from above', () => {
  it('a runtime that cannot grow that far gets less room', () => {
    const model = {
      runtime: 'java',
      bytes: 240 * MIB,
      unboundedBytes: 0,
      says: ['heap 128 MiB (-Xmx128m)'],
    }
    const sizing = sizeBy({ recordings: [calm(200 * MIB, 1 / 24)], model })
    expect(sizing.limitBytes).toBe(256 * MIB)
    expect(bindingOf(sizing)).toBe('runtime settings')
  })

  it('a runtime that may grow further is told so', () => {
    const model = {
      runtime: 'java',
      bytes: 4 * GIB,
      unboundedBytes: 0,
      says: ['heap 4 GiB (-Xmx4g)'],
    }
    const sizing = sizeBy({ recordings: [calm(200 * MIB, 8)], model })
    expect(sizing.limitBytes).toBe(256 * MIB)
    expect(sizing.because.join()).toMatch(/let it grow to 4 GiB.*-Xmx4g.*Lower them/)
  })

  it('settings that are below what was seen are not believed', () => {
    const model = { runtime: 'java', bytes: 100 * MIB, unboundedBytes: 0, says: [] }
    expect(sizeBy({ recordings: [calm(200 * MIB, 1 / 24)], model }).limitBytes).toBe(416 * MIB)
  })

  it('four fifths of the machine, and the limit above', () => {
    const recordings = [calm(600 * MIB, 1 / 24)]
    const host = sizeBy({ recordings, hostBytes: GIB })
    expect(host.limitBytes).toBe(816 * MIB)
    expect(bindingOf(host)).toBe('host')
    const pod = sizeBy({ recordings, hostBytes: 4 * GIB, aboveBytes: 700 * MIB })
    expect(pod.limitBytes).toBe(688 * MIB)
    expect(bindingOf(pod)).toBe('limit above')
  })

  it('the smallest of them', () => {
    const recordings = [calm(600 * MIB, 1 / 24)]
    const sizing = sizeBy({ recordings, hostBytes: GIB, aboveBytes: 900 * MIB })
    expect(sizing.limitBytes).toBe(816 * MIB)
    expect(bindingOf(sizing)).toBe('host')
  })

  it('exactly what it needs is enough', () => {
    const values = Array.from({ length: 50 }, () => 208 * MIB)
    const recordings = [recording(samplesOf(values, 'unreclaimableBytes', { stepSeconds: 60 }))]
    for (const aboveBytes of [208 * MIB, 207 * MIB]) {
      const { refused } = sizeBy({ recordings, aboveBytes }, policyWithHeadroom(0))
      expect(refused).toBe(aboveBytes < 208 * MIB)
    }
  })

  it('a runtime that ends below its limit is not told to lower anything', () => {
    const model = { runtime: 'java', bytes: 150 * MIB, unboundedBytes: 0, says: [] }
    const sizing = sizeBy({ recordings: [calm(100 * MIB, 2)], model })
    expect(sizing.limitBytes).toBe(160 * MIB)
    expect(sizing.because.join()).not.toMatch(/Lower them/)
  })

  it('what it needs is more than there is: refused', () => {
    const sizing = sizeBy({ recordings: [calm(900 * MIB, 8)], hostBytes: GIB })
    expect(sizing).toMatchObject({ limitBytes: null, refused: true })
    expect(sizing.because.at(-1)).toMatch(/does not fit/)
  })
})

describe('the request', () => {
  it('is the usual need and a little', () => {
    const { requestBytes } = sizeBy({ recordings: [calm(200 * MIB, 8)] })
    expect(requestBytes).toBe(Math.ceil(201 * 1.05) * MIB)
  })

  it('of a data store is its limit', () => {
    const sizing = sizeBy({ recordings: [calm(200 * MIB, 8)], runtimes: ['postgresql'] })
    expect(sizing.requestBytes).toBe(sizing.limitBytes)
    expect(sizing.because.at(-1)).toMatch(/it keeps data/)
  })
})

describe('where nothing is known', () => {
  it.each([
    ['nothing', []],
    ['one sample', [recording(samplesOf([200 * MIB], 'usageBytes', { stepSeconds: 60 }))]],
    [
      'no figures',
      [
        recording(
          samplesOf(
            Array.from({ length: 50 }, () => 0),
            'processes',
            { stepSeconds: 60 },
          ),
        ),
      ],
    ],
    [
      'figures that are none',
      [
        recording(
          samplesOf(
            Array.from({ length: 50 }, () => Number.NaN),
            'usageBytes',
            { stepSeconds: 60 },
          ),
        ),
      ],
    ],
  ])('of %s there is no size, and what is missing is said', (_, recordings) => {
    const sizing = sizeBy({ recordings })
    expect(sizing).toMatchObject({
      limitBytes: null,
      requestBytes: null,
      refused: true,
      bounds: [],
    })
    expect(sizing.growth.kind).toBe('unknown')
    expect(sizing.unknown.length).toBeGreaterThan(0)
  })

  it('each gap of the evidence is said once, whoever tells of it', () => {
    const recordings = [{ ...calm(200 * MIB, 8), unknown: ['the limit', 'the node'] }]
    const { unknown } = sizeBy({ recordings, unknown: ['the engine', 'the node'] })
    expect(unknown.toSorted()).toEqual(['the engine', 'the limit', 'the node'])
  })

  it('of a group that lives, its mark and what it holds are enough', () => {
    const sizing = sizeBy({ peakBytes: 120 * MIB, unreclaimableBytes: 80 * MIB })
    expect(sizing.limitBytes).toBe(240 * MIB)
    expect(sizing.confidence).toBeLessThan(0.5)
  })
})

describe('whatever the evidence', () => {
  it.each([
    ['stands still', (index: number) => 100 * MIB + (index % 1_000) * 100],
    ['grows', (index: number) => 100 * MIB + index * 1_000],
    ['has a child', (index: number) => 100 * MIB + (index % 97) * MIB],
  ])(
    'a series as long as can be imported is judged: one that %s',
    (_, bytesAt) => {
      const values = Array.from({ length: MAX_SAMPLES }, (__, index) => bytesAt(index))
      const whole = recording(samplesOf(values, 'unreclaimableBytes', { stepSeconds: 1 }))
      const child = { ...whole.group, samples: whole.group.samples.slice(1_000, 90_000) }
      const { growth } = sizeBy({ recordings: [{ ...whole, processes: [whole.group, child] }] })
      expect(growth.kind).not.toBe('unknown')
    },
    60_000,
  )

  const figure = fc.option(fc.integer({ min: 0, max: 8 * GIB }), { nil: null })
  const sample = fc.record({
    at: fc.integer({ min: NOW - 30 * DAY * 1_000, max: NOW }),
    usageBytes: figure,
    unreclaimableBytes: figure,
    workingSetBytes: figure,
    limitBytes: figure,
    peakBytes: figure,
    oomKills: fc.option(fc.nat(3), { nil: null }),
  })
  const evidence = fc.record({
    samples: fc.array(sample, { maxLength: 60 }),
    peakBytes: figure,
    unreclaimableBytes: figure,
    hostBytes: fc.option(fc.integer({ min: 64 * MIB, max: 8 * GIB }), { nil: null }),
    kill: fc.option(fc.integer({ min: MIB, max: 4 * GIB }), { nil: null }),
  })

  it('a limit is a multiple of the step, holds what was seen, fits the machine, and one bound decided it', () => {
    fc.assert(
      fc.property(evidence, ({ samples, kill, ...rest }) => {
        const byTime = samples
          .toSorted((a, b) => a.at - b.at)
          .map((one) => ({ ...NO_SAMPLE, ...one }))
        const kills = kill === null ? [] : [{ at: NOW, limitBytes: kill, uptimeSeconds: null }]
        const sizing = sizeBy({ recordings: [recording(byTime)], kills, ...rest })
        const { limitBytes, requestBytes, bounds } = sizing
        expect(sizing.refused).toBe(limitBytes === null)
        if (limitBytes === null) return
        expect(limitBytes % (16 * MIB)).toBe(0)
        expect(limitBytes).toBeGreaterThan(0)
        expect(requestBytes).toBeLessThanOrEqual(limitBytes)
        expect(limitBytes).toBeGreaterThanOrEqual(rest.unreclaimableBytes ?? 0)
        if (rest.hostBytes !== null) expect(limitBytes).toBeLessThanOrEqual(rest.hostBytes * 0.8)
        expect(bounds.filter(({ binds }) => binds)).toHaveLength(1)
      }),
    )
  })
})
