import { usageError } from '../../model/errors.ts'
import type { Sample, Series, SeriesMark } from '../../model/series.ts'
import { marksBetween } from './life-marks.ts'
import type { LivingSample } from './life-marks.ts'
import { createThinner } from './thinner.ts'

/** Samples of one series that are kept. */
export const MAX_SAMPLES = 200_000
const MAX_MARKS = 10_000
/** So many usual steps without a sample are a gap. */
const GAP_STEPS = 5

/** One row of an import. */
export interface Row extends LivingSample {
  /** Counted from 1; null where the source has no lines. */
  line: number | null
  /** What the source itself says happened at this moment. */
  marks?: readonly Pick<SeriesMark, 'kind' | 'says'>[]
}

/** Makes a series of rows: in order, without what makes no sense, bounded; and tells what was left out. */
export interface SeriesBuilder {
  add(row: Row): void
  /** One value was not understood: why, and where. */
  leftOut(why: string, line: number | null): void
  /** @throws StellaError (usage) where nothing is left to judge */
  finish(): { series: Pick<Series, 'samples' | 'marks'>; unknown: string[] }
}

export function createSeriesBuilder(from: string): SeriesBuilder {
  const thinner = createThinner(MAX_SAMPLES)
  const marks: SeriesMark[] = []
  const reasons = new Map<string, { count: number; line: number | null }>()
  let before: Row | null = null
  let kept = 0
  let backward = 0

  function add(row: Row): void {
    if (!tellsMemory(row.sample)) return
    if (before !== null && row.sample.at <= before.sample.at) {
      backward++
      leftOut('its time is not later than that of the sample before', row.line)
      return
    }
    const { at } = row.sample
    const told = (row.marks ?? []).map((mark) => ({ ...mark, at }))
    const seen = before === null ? [] : marksBetween(before, row)
    for (const mark of told) marks.push(mark)
    for (const mark of seen) if (!told.some(({ kind }) => kind === mark.kind)) marks.push(mark)
    if (marks.length > MAX_MARKS) marks.shift()
    before = remembered(row, before)
    kept++
    thinner.push(row.sample)
  }

  function leftOut(why: string, line: number | null): void {
    const known = reasons.get(why)
    if (known === undefined) reasons.set(why, { count: 1, line })
    else known.count++
  }

  function finish(): ReturnType<SeriesBuilder['finish']> {
    if (backward > kept) {
      throw usageError(
        'more samples go back in time than forward',
        placeOf(from, reasons.values().next().value?.line ?? null),
        'sort them by time, oldest first',
      )
    }
    if (kept === 0) {
      const [first] = reasons
      const why = first === undefined ? '' : `: ${first[0]}`
      throw usageError(
        `there is no sample in it${why}`,
        placeOf(from, first?.[1].line ?? null),
        'give at least one moment with its memory in bytes',
      )
    }
    const samples = thinner.samples()
    const unknown = [...reasons].map(([why, { count, line }]) => sentence(why, count, line))
    const thinned = thinner.dropped()
    if (thinned > 0) {
      unknown.push(
        `${thinned} of ${kept} samples were left out because of their number; the lowest and the highest of each stretch are kept`,
      )
    }
    const gap = gapIn(samples)
    if (gap !== null) unknown.push(gap)
    return { series: { samples, marks }, unknown }
  }

  return { add, leftOut, finish }
}

/** What a row does not tell is as it was: a limit or a counter that is written now and then. */
function remembered(row: Row, before: Row | null): Row {
  if (before === null) return row
  const { sample } = row
  return {
    ...row,
    life: row.life ?? before.life,
    sample: {
      ...sample,
      limitBytes: sample.limitBytes ?? before.sample.limitBytes,
      limitHits: sample.limitHits ?? before.sample.limitHits,
      oomKills: sample.oomKills ?? before.sample.oomKills,
    },
  }
}

function tellsMemory(sample: Sample): boolean {
  return [
    sample.usageBytes,
    sample.workingSetBytes,
    sample.unreclaimableBytes,
    sample.anonBytes,
  ].some((bytes) => bytes !== null)
}

function placeOf(from: string, line: number | null): string {
  return line === null ? from : `${from}:${line}`
}

function sentence(why: string, count: number, line: number | null): string {
  const where = line === null ? '' : count === 1 ? ` (line ${line})` : ` (first at line ${line})`
  return count === 1
    ? `one sample was left out: ${why}${where}`
    : `${count} samples were left out: ${why}${where}`
}

/** The longest stretch without a sample, where it is far longer than the usual step. */
function gapIn(samples: readonly Sample[]): string | null {
  const steps = samples.slice(1).map(({ at }, index) => at - (samples[index]?.at ?? at))
  const usual = steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)]
  if (usual === undefined) return null
  const gaps = steps.filter((step) => step > GAP_STEPS * usual).length
  if (gaps === 0) return null
  const longest = steps.reduce((most, step) => Math.max(most, step), 0)
  const seconds = `${Math.round(longest / 1000)} s`
  return gaps === 1
    ? `there is a gap of ${seconds} in it: what happened in it is not known`
    : `there are ${gaps} gaps in it, the longest of ${seconds}: what happened in them is not known`
}
