import type { Sample, Series } from '../../model/series.ts'
import type { Instant } from '../../model/time.ts'
import { figureOf, measured } from './figures.ts'
import type { Figure, Measure } from './figures.ts'
import { bordersOf } from './borders.ts'
import type { Border } from './borders.ts'

/** Samples between which nothing happened that a trend must not be drawn across. */
export interface Stretch {
  /** Never empty. */
  samples: readonly Sample[]
  from: Instant
  to: Instant
  /** Seconds since `from`, rising. */
  times: readonly number[]
  /** By the measure that the recording is judged by; NaN is not known. */
  values: readonly number[]
  startsWith: Border | null
  endsWith: Border | null
  limitBytes: number | null
}

/** Values over seconds since the start of a stretch, none of them unknown. */
export interface Points {
  times: readonly number[]
  values: readonly number[]
}

/** A figure of a stretch over time, where it is known. */
export function pointsOf({ samples, times }: Stretch, figure: Figure): Points {
  const values = samples.map((sample) => figureOf(sample, figure))
  const known = [...values.keys()].filter((index) => Number.isFinite(values[index]))
  return pick({ times, values }, known)
}

/** Some of the points. */
export function pick({ times, values }: Points, indices: readonly number[]): Points {
  return {
    times: indices.map((index) => times[index] ?? 0),
    values: indices.map((index) => values[index] ?? 0),
  }
}

/** Earlier ones than these tell nothing new. */
const MOST_STRETCHES = 64
/** Of the samples of a stretch that are looked at. */
const MOST_SAMPLES = 4_000

/** Cuts a series where it must not be judged as one; oldest first, none of them empty. */
export function stretchesOf(
  series: Series,
  samples: readonly Sample[],
  measure: Measure,
): Stretch[] {
  const values = samples.map((sample) => measured(sample, measure))
  const borders = bordersOf(series.marks, samples, values)
  const cuts = [...borders.keys()].filter((index) => index > 0 && index < samples.length)
  const starts = [0, ...cuts].slice(-MOST_STRETCHES)
  return starts.map((start, place) => {
    const end = starts[place + 1] ?? samples.length
    const kept = thinned(values, start, end).map((index) => ({
      sample: samples[index],
      value: values[index],
    }))
    return stretchOf(kept, { from: borders.get(start) ?? null, to: borders.get(end) ?? null })
  })
}

function stretchOf(
  kept: readonly { sample: Sample | undefined; value: number | undefined }[],
  border: { from: Border | null; to: Border | null },
): Stretch {
  const samples = kept.flatMap(({ sample }) => (sample === undefined ? [] : [sample]))
  const from = samples[0]?.at ?? 0
  const limits = samples.map((sample) => figureOf(sample, 'limitBytes'))
  return {
    samples,
    from,
    to: samples.at(-1)?.at ?? from,
    times: samples.map(({ at }) => (at - from) / 1_000),
    values: kept.map(({ value }) => value ?? Number.NaN),
    startsWith: border.from,
    endsWith: border.to,
    limitBytes: limits.findLast((limit) => limit > 0) ?? null,
  }
}

/** Indices from `start` to `end`; of too many, those of the lowest and the highest value of each of many equal parts. */
function thinned(values: readonly number[], start: number, end: number): number[] {
  const count = end - start
  if (count <= MOST_SAMPLES) return Array.from({ length: count }, (_, index) => start + index)
  const kept = new Set<number>()
  const parts = MOST_SAMPLES / 2
  for (let part = 0; part < parts; part++) {
    const first = start + Math.floor((part * count) / parts)
    const last = start + Math.floor(((part + 1) * count) / parts)
    let [low, high] = [first, first]
    for (let index = first; index < last; index++) {
      if (!((values[index] ?? 0) >= (values[low] ?? 0))) low = index
      if (!((values[index] ?? 0) <= (values[high] ?? 0))) high = index
    }
    kept.add(Math.min(low, high)).add(Math.max(low, high))
  }
  return [...kept, end - 1].toSorted((a, b) => a - b)
}
