import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GIB, MIB } from '../../model/bytes.ts'
import type { Growth } from '../../model/growth.ts'
import { NO_SAMPLE } from '../../model/series.ts'
import type { Recording, Sample, Series, SeriesMark } from '../../model/series.ts'
import { classifyGrowth } from './classify.ts'

const HOUR = 3_600
const LATER = { at: Number.POSITIVE_INFINITY }

function recordingOf(
  samples: readonly Sample[],
  more: { marks?: readonly SeriesMark[]; processes?: readonly Series[] } = {},
): Recording {
  const { marks = [], processes = [] } = more
  const group: Series = { subject: 'group', name: null, process: null, samples, marks }
  return { subject: null, source: 'test', group, processes, regions: [], unknown: [] }
}

/** One sample a minute. */
function minutes(count: number, figures: (minute: number) => Partial<Sample>): Sample[] {
  return Array.from({ length: count }, (_, minute) => ({
    ...NO_SAMPLE,
    ...figures(minute),
    at: minute * 60_000,
  }))
}

function leak(
  count: number,
  options: { limitBytes?: number | null; perHour?: number } = {},
): Sample[] {
  const { limitBytes = 512 * MIB, perHour = 10 * MIB } = options
  return minutes(count, (minute) => ({
    unreclaimableBytes: 32 * MIB + (perHour * minute) / 60,
    limitBytes,
  }))
}

describe('a worker that leaks 10 MB an hour into 512 MB', () => {
  it.each([3, 6, 12, 24, 40])(
    'is told after %i hours when it will be full, within 5 %%',
    (hours) => {
      const growth = classifyGrowth(recordingOf(leak(hours * 60 + 1)), LATER)
      expect(growth).toMatchObject({ kind: 'leak', diagnosis: 'suspected-leak' })
      const left = (48 - hours) * HOUR
      expect(Math.abs((growth.secondsToLimit?.low ?? 0) - left)).toBeLessThan(0.05 * 48 * HOUR)
      expect(Math.abs((growth.secondsToLimit?.high ?? 0) - left)).toBeLessThan(0.05 * 48 * HOUR)
      expect(growth.slope?.perSecond).toBeCloseTo((10 * MIB) / HOUR, 3)
    },
  )

  it('has twice the time where twice as much is left', () => {
    const sooner = classifyGrowth(recordingOf(leak(721, { limitBytes: 252 * MIB })), LATER)
    const later = classifyGrowth(recordingOf(leak(721, { limitBytes: 352 * MIB })), LATER)
    expect((later.secondsToLimit?.low ?? 0) / (sooner.secondsToLimit?.low ?? 1)).toBeCloseTo(2, 3)
  })

  it('has no time to a limit that does not exist, and says that it is missing', () => {
    const growth = classifyGrowth(recordingOf(leak(721, { limitBytes: null })), LATER)
    expect(growth).toMatchObject({ kind: 'leak', secondsToLimit: null })
    expect(growth.missing).toContain('the limit')
  })

  it('is no reason to worry where the limit lies beyond the horizon', () => {
    const recording = recordingOf(leak(721))
    expect(classifyGrowth(recording, { ...LATER, horizonSeconds: 10 * HOUR }).kind).not.toBe('leak')
  })

  it('is judged by what was known at a moment', () => {
    const recording = recordingOf(leak(2_000))
    const growth = classifyGrowth(recording, { at: 600 * 60_000 })
    expect(growth.segment).toEqual({ from: 0, to: 600 * 60_000, samples: 601 })
  })
})

describe('lives that end by being killed', () => {
  function lives(options: { limits: readonly number[]; marks: boolean }): Recording {
    const samples: Sample[] = []
    const marks: SeriesMark[] = []
    for (const [life, limitBytes] of options.limits.entries()) {
      const from = samples.length
      for (let used = 40 * MIB; used < limitBytes; used += 2 * MIB)
        samples.push({ ...NO_SAMPLE, at: samples.length * 60_000, usageBytes: used, limitBytes })
      if (life > 0 && options.marks)
        marks.push({ at: from * 60_000 - 30_000, kind: 'kill', says: 'killed' })
    }
    return recordingOf(samples, { marks })
  }

  it('are a leak and a restart loop, marked or not', () => {
    for (const marks of [true, false]) {
      const growth = classifyGrowth(lives({ limits: Array(4).fill(256 * MIB), marks }), LATER)
      expect(growth).toMatchObject({ kind: 'sawtooth', diagnosis: 'leak' })
      expect(growth.because.join()).toMatch(/4 of 4 lives grew alike.*3 of them ended at the limit/)
    }
  })

  it('are a leak where each higher limit was filled as well', () => {
    const growth = classifyGrowth(
      lives({ limits: [128 * MIB, 256 * MIB, 512 * MIB], marks: true }),
      LATER,
    )
    expect(growth.diagnosis).toBe('leak')
    expect(growth.because.join()).toContain('killed again after its limit was raised')
  })

  it('are two lives, and never one trend', () => {
    const up = minutes(120, (minute) => ({ unreclaimableBytes: (100 + minute / 4) * MIB }))
    const shifted = up.map((sample) => ({
      ...sample,
      at: sample.at + 121 * 60_000,
      unreclaimableBytes: 400 * MIB,
    }))
    const restart: SeriesMark = { at: 120 * 60_000, kind: 'change', says: 'another image' }
    const growth = classifyGrowth(recordingOf([...up, ...shifted], { marks: [restart] }), LATER)
    expect(growth).toMatchObject({ kind: 'steady', slope: { perSecond: 0 } })
    expect(growth.segment?.from).toBe(121 * 60_000)
  })

  it('are known by a counter that went back, too', () => {
    const samples = minutes(240, (minute) => ({
      unreclaimableBytes: (100 + (minute % 120)) * MIB,
      limitBytes: GIB,
      limitHits: minute < 120 ? 5 : 0,
    }))
    expect(classifyGrowth(recordingOf(samples), LATER)).toMatchObject({
      kind: 'leak',
      diagnosis: 'leak',
    })
  })
})

describe('a life too short for a trend', () => {
  function crashes(limits: readonly number[]): Recording {
    const samples = limits.flatMap((limitBytes, life) =>
      [0.4, 0.7, 0.95].map((share, index) => ({
        ...NO_SAMPLE,
        at: (life * 4 + index) * 15_000,
        unreclaimableBytes: share * limitBytes,
        limitBytes,
      })),
    )
    const marks = limits.map((_, life): SeriesMark => {
      return { at: (life * 4 + 2.5) * 15_000, kind: 'kill', says: 'killed' }
    })
    return recordingOf(samples, { marks })
  }

  it('has too small a limit where it is killed at once, each time', () => {
    const growth = classifyGrowth(crashes([256 * MIB, 256 * MIB, 256 * MIB]), LATER)
    expect(growth).toMatchObject({ kind: 'warm-up', diagnosis: 'undersized' })
    expect(growth.because.join()).toContain('killed 3 times')
  })

  it('may leak where it filled a higher limit as well', () => {
    const growth = classifyGrowth(crashes([256 * MIB, 512 * MIB, GIB]), LATER)
    expect(growth.diagnosis).toBe('suspected-leak')
    expect(growth.because.join()).toContain('256 MiB, then at 512 MiB, then at 1 GiB')
  })
})

describe('a leak into swap', () => {
  it('is seen though the memory stands at its limit', () => {
    const samples = minutes(600, (minute) => ({
      unreclaimableBytes: Math.min(255, 60 + minute) * MIB,
      swapBytes: Math.max(0, minute - 195) * MIB,
      limitBytes: 256 * MIB,
    }))
    const growth = classifyGrowth(recordingOf(samples.slice(200)), LATER)
    expect(growth).toMatchObject({ kind: 'leak', component: 'swap', secondsToLimit: null })
    expect(growth.slope?.perSecond).toBeCloseTo(MIB / 60, 0)
  })
})

describe('what is not known', () => {
  it('is said where only the working set is known, and keeps the answer modest', () => {
    const samples = leak(721).map(({ unreclaimableBytes, ...sample }) => ({
      ...sample,
      unreclaimableBytes: null,
      workingSetBytes: unreclaimableBytes,
    }))
    const growth = classifyGrowth(recordingOf(samples), LATER)
    expect(growth).toMatchObject({ kind: 'leak', measure: 'working-set' })
    expect(growth.confidence).toBeLessThanOrEqual(0.5)
    expect(growth.missing.join()).toContain('cannot be reclaimed')
  })

  it('is no guess: a sample or none are not enough', () => {
    for (const samples of [[], leak(1), leak(5)]) {
      const growth = classifyGrowth(recordingOf(samples), LATER)
      expect(growth).toMatchObject({ kind: 'unknown', diagnosis: null, confidence: 0 })
      expect(growth.missing).not.toEqual([])
    }
  })
})

describe('many workers of which one leaks', () => {
  const worker = (pid: number, perMinute: number): Series => ({
    subject: 'process',
    name: 'worker',
    process: { pid, startedAt: pid },
    samples: minutes(600, (minute) => ({ anonBytes: 20 * MIB + perMinute * minute })),
    marks: [],
  })

  it('names that one, by its PID and its start', () => {
    const processes = [worker(11, 0), worker(12, 0.3 * MIB), worker(13, 0.01 * MIB)]
    const samples = minutes(600, (minute) => ({
      unreclaimableBytes: 60 * MIB + 0.31 * MIB * minute,
      limitBytes: 512 * MIB,
    }))
    const growth = classifyGrowth(recordingOf(samples, { processes }), LATER)
    expect(growth.process).toMatchObject({ pid: 12, startedAt: 12, name: 'worker' })
    expect(growth.because.join()).toContain('process 12 (worker)')
  })

  it('names none where all grow alike', () => {
    const processes = [11, 12, 13, 14].map((pid) => worker(pid, 0.1 * MIB))
    const samples = minutes(600, (minute) => ({
      unreclaimableBytes: 80 * MIB + 0.4 * MIB * minute,
      limitBytes: 512 * MIB,
    }))
    expect(classifyGrowth(recordingOf(samples, { processes }), LATER).process).toBeNull()
  })
})

describe('more and more processes that nobody asked for', () => {
  it('are a leak of processes', () => {
    const samples = minutes(600, (minute) => ({
      unreclaimableBytes: 40 * MIB + Math.floor(minute / 20) * 8 * MIB,
      limitBytes: 512 * MIB,
      processes: 2 + Math.floor(minute / 20),
    }))
    expect(classifyGrowth(recordingOf(samples), LATER)).toMatchObject({
      kind: 'leak',
      diagnosis: 'too-many-processes',
      component: 'processes',
    })
  })
})

describe('any input', () => {
  const figure = fc.option(
    fc.oneof(fc.double(), fc.constantFrom(Number.NaN, -1, 0, 2 ** 63, 5e-324), fc.nat(2 ** 31)),
  )
  const sample = fc.record({
    at: fc.oneof(fc.nat(100_000_000), fc.constantFrom(Number.NaN, -5, 0, Infinity)),
    usageBytes: figure,
    workingSetBytes: figure,
    unreclaimableBytes: figure,
    anonBytes: figure,
    fileBytes: figure,
    shmemBytes: figure,
    kernelBytes: figure,
    socketBytes: figure,
    swapBytes: figure,
    limitBytes: figure,
    peakBytes: figure,
    limitHits: figure,
    oomKills: figure,
    processes: figure,
    load: figure,
  })
  const mark = fc.record({
    at: fc.oneof(fc.nat(100_000_000), fc.constant(Number.NaN)),
    kind: fc.constantFrom('start', 'kill', 'change'),
    says: fc.constant(''),
  })

  function numbersIn(value: unknown): number[] {
    if (typeof value === 'number') return [value]
    return value !== null && typeof value === 'object'
      ? Object.values(value).flatMap(numbersIn)
      : []
  }

  function expectSound(growth: Growth): void {
    for (const number of numbersIn(growth)) expect(number).not.toBeNaN()
    expect(growth.confidence).toBeGreaterThanOrEqual(0)
    expect(growth.confidence).toBeLessThanOrEqual(1)
    const { slope, secondsToLimit } = growth
    if (slope !== null) {
      expect(slope.low).toBeLessThanOrEqual(slope.perSecond)
      expect(slope.high).toBeGreaterThanOrEqual(slope.perSecond)
    }
    if (secondsToLimit === null) return
    expect(secondsToLimit.low).toBeGreaterThanOrEqual(0)
    expect(secondsToLimit.high ?? Infinity).toBeGreaterThanOrEqual(secondsToLimit.low)
  }

  it('is answered, without NaN, and with intervals that are some', () => {
    fc.assert(
      fc.property(
        fc.array(sample, { maxLength: 60 }),
        fc.array(mark, { maxLength: 5 }),
        fc.array(fc.array(sample, { maxLength: 20 }), { maxLength: 3 }),
        (samples, marks, others) => {
          const processes = others.map((own): Series => ({
            subject: 'process',
            name: 'x',
            process: { pid: 1, startedAt: 1 },
            samples: own,
            marks,
          }))
          expectSound(classifyGrowth(recordingOf(samples, { marks, processes }), LATER))
        },
      ),
      { numRuns: 300 },
    )
  })

  it('is answered the same, whatever the order of its samples and however often they come', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(leak(200), { minLength: 200 }), (mixed) => {
        const straight = classifyGrowth(recordingOf(leak(200)), LATER)
        expect(classifyGrowth(recordingOf([...mixed, ...mixed]), LATER)).toEqual(straight)
      }),
      { numRuns: 20 },
    )
  })

  it('may be very long', () => {
    const samples = Array.from({ length: 1_000_000 }, (_, second) => ({
      ...NO_SAMPLE,
      at: second * 1_000,
      unreclaimableBytes: 32 * MIB + second * 300 + ((second * 7_919) % MIB),
      limitBytes: 512 * MIB,
    }))
    const growth = classifyGrowth(recordingOf(samples), LATER)
    expect(growth.kind).toBe('leak')
    expect(Math.abs((growth.slope?.perSecond ?? 0) - 300)).toBeLessThan(6)
  })

  it('may have a limit below its usage', () => {
    const samples = minutes(60, () => ({ unreclaimableBytes: 200 * MIB, limitBytes: 100 * MIB }))
    expect(classifyGrowth(recordingOf(samples), LATER)).toMatchObject({
      kind: 'steady',
      diagnosis: 'undersized',
    })
  })
})

describe('an interval', () => {
  it('ends with "maybe never" where the slope may be none', () => {
    let seed = 7
    const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647
    let open = 0
    for (let run = 0; run < 60; run++) {
      const samples = minutes(60, (minute) => ({
        unreclaimableBytes: (100 + minute * random() * 1.2 + 60 * random()) * MIB,
        limitBytes: 256 * MIB,
      }))
      const { slope, secondsToLimit } = classifyGrowth(recordingOf(samples), LATER)
      if (secondsToLimit === null || slope === null) continue
      expect(secondsToLimit.high === null).toBe(slope.low <= 0)
      if (secondsToLimit.high === null) open++
    }
    expect(open).toBeGreaterThan(0)
  })
})
