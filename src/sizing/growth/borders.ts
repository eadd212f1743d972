import type { Sample, SeriesMark } from '../../model/series.ts'
import { median } from '../robust/quantile.ts'
import { figureOf } from './figures.ts'

/** Why a trend must not be drawn across: a mark of the recording, or a time without samples. */
export type Border = 'kill' | 'change' | 'start' | 'gap'

/** What says most, first, where several fall between the same samples. */
const STRENGTH: readonly Border[] = ['kill', 'change', 'start', 'gap']
/** A time without samples is a gap from this many usual steps on. */
const GAP_STEPS = 5
/** At the limit; a sample this near to it shows the limit, not the need. */
export const AT_LIMIT = 0.98
/** A fall to less than this share of what was there is a collapse. */
const COLLAPSE = 0.5
/** Counters of a group that only rise while it lives. */
const COUNTERS = ['limitHits', 'oomKills', 'peakBytes'] as const

/**
 * Where a series must be cut: the index of the sample before which the border lies, and its kind. The number of samples as
 * an index means a border after the last.
 */
export function bordersOf(
  marks: readonly SeriesMark[],
  samples: readonly Sample[],
  values: readonly number[],
): Map<number, Border> {
  const borders = new Map<number, Border>()
  const add = (index: number, border: Border): void => {
    const before = borders.get(index)
    if (before === undefined || STRENGTH.indexOf(border) < STRENGTH.indexOf(before))
      borders.set(index, border)
  }
  // What was read in the moment of a kill lived, unless it shows that the kill was before it: then both tell of one.
  const showsKill = (index: number): boolean => borderBetween(samples, values, index) === 'kill'
  for (const { at, kind } of marks) {
    if (!Number.isFinite(at)) continue
    const index = firstFrom(samples, at)
    const lived = kind === 'kill' && samples[index]?.at === at && !showsKill(index)
    add(lived ? index + 1 : index, kind)
  }
  const steps = samples.slice(1).map(({ at }, index) => at - (samples[index]?.at ?? at))
  const longest = GAP_STEPS * median(steps)
  for (const [index, step] of steps.entries()) {
    const border = borderBetween(samples, values, index + 1)
    if (border !== null) add(index + 1, border)
    if (step > longest) add(index + 1, 'gap')
  }
  return new Map([...borders].toSorted(([a], [b]) => a - b))
}

/** The first sample at that time or later. */
function firstFrom(samples: readonly Sample[], at: number): number {
  let [low, high] = [0, samples.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((samples[middle]?.at ?? 0) < at) low = middle + 1
    else high = middle
  }
  return low
}

/** What happened between a sample and the one before it, without a mark. */
function borderBetween(
  samples: readonly Sample[],
  values: readonly number[],
  index: number,
): Border | null {
  const [before, after] = [samples[index - 1], samples[index]]
  if (before === undefined || after === undefined) return null
  const collapsed = (values[index] ?? 0) < COLLAPSE * (values[index - 1] ?? 0)
  const wentBack = COUNTERS.some((counter) => figureOf(after, counter) < figureOf(before, counter))
  const atLimit = collapsed && reachesLimit(samples, values, index)
  if (wentBack) return atLimit ? 'kill' : 'start'
  if (collapsed && figureOf(after, 'oomKills') > figureOf(before, 'oomKills')) return 'kill'
  // A peak that is still the one of before means that the group lives on: what fell was a heap that was tidied up.
  if (atLimit && !Number.isFinite(figureOf(after, 'peakBytes'))) return 'kill'
  const [limit, newLimit] = [figureOf(before, 'limitBytes'), figureOf(after, 'limitBytes')]
  return limit > 0 && newLimit > 0 && limit !== newLimit ? 'change' : null
}

/** True where the value before stood at the limit, or would have been there before the next sample. */
function reachesLimit(
  samples: readonly Sample[],
  values: readonly number[],
  index: number,
): boolean {
  const before = samples[index - 1]
  const limit = before === undefined ? Number.NaN : figureOf(before, 'limitBytes')
  const last = values[index - 1] ?? Number.NaN
  const second = values[index - 2] ?? last
  const third = values[index - 3] ?? second
  // A burst rises once; what was on its way to the limit rose before that, too.
  return last + Math.max(0, Math.min(last - second, second - third)) >= AT_LIMIT * limit
}
