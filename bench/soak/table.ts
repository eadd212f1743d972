/** What the samples of a soak say: a row for each figure of each process, and whether it is flat. */
import { MIB } from '../../src/model/bytes.ts'
import { median } from '../../src/sizing/robust/quantile.ts'
import { MEASURES } from './figures.ts'
import type { Figures, Measure } from './figures.ts'
import { trendOf } from './trend.ts'
import type { Trend } from './trend.ts'

export interface Sample extends Figures {
  name: string
  pid: number
  /** Milliseconds since the soak began, and since this process did. */
  at: number
  age: number
}

export interface Judged {
  text: string
  isFlat: boolean
}

/** What a figure may grow by, by its slope and from its first quarter to its last: so much, or so much of what it was. */
const MOST: Readonly<Partial<Record<Measure, { by: number; share: number }>>> = {
  anon: { by: 6 * MIB, share: 0.05 },
  heap: { by: 4 * MIB, share: 0.05 },
  fds: { by: 4, share: 0.05 },
  threads: { by: 2, share: 0 },
}
const COUNTS: ReadonlySet<Measure> = new Set(['fds', 'sockets', 'threads'])
/** V8 collects now and then, and connections come and go: what stays is the least of some neighbours. So many remain. */
const LEAST_POINTS = 20
const AT_LEAST: ReadonlySet<Measure> = new Set(['heap', 'fds'])

/** @param warmUpMs of each process, which does not count */
export function tableOf(samples: readonly Sample[], warmUpMs: number): Judged {
  const lines = [
    '| process | figure | start | quarter 1 | 2 | 3 | 4 | per hour | most | |',
    '|---|---|---|---|---|---|---|---|---|---|',
  ]
  let isFlat = true
  for (const name of new Set(samples.map((sample) => sample.name))) {
    const ours = samples.filter((sample) => sample.name === name)
    const lives = new Set(ours.map(({ pid }) => pid)).size
    for (const measure of MEASURES) {
      const all = ours.flatMap((sample) => {
        const value = sample[measure]
        return value === null ? [] : [{ at: sample.at / 1_000, value, age: sample.age }]
      })
      const warm = all.filter(({ age }) => age >= warmUpMs)
      const trend = trendOf(AT_LEAST.has(measure) ? leastOf(warm) : warm)
      if (trend === null) continue
      const verdict = judged(measure, trend)
      if (verdict === 'grows') isFlat = false
      const show = (value: number): string =>
        COUNTS.has(measure) ? String(Math.round(value)) : (value / MIB).toFixed(1)
      const cells = [
        lives > 1 ? `${name} (${lives} times)` : name,
        COUNTS.has(measure) ? measure : `${measure}, MiB`,
        show(median(warm.slice(0, 5).map(({ value }) => value))),
        ...trend.quarters.map(show),
        `${trend.perHour < 0 ? '' : '+'}${COUNTS.has(measure) ? trend.perHour.toFixed(1) : (trend.perHour / MIB).toFixed(2)}`,
        show(Math.max(...all.map(({ value }) => value))),
        verdict ?? '',
      ]
      lines.push(`| ${cells.join(' | ')} |`)
    }
  }
  return { text: lines.join('\n'), isFlat }
}

function judged(measure: Measure, { quarters, grew }: Trend): 'flat' | 'grows' | null {
  const most = MOST[measure]
  if (most === undefined) return null
  return grew <= Math.max(most.by, most.share * (quarters[0] ?? 0)) ? 'flat' : 'grows'
}

function leastOf<T extends { value: number }>(points: readonly T[]): T[] {
  const each = Math.max(1, Math.floor(points.length / LEAST_POINTS))
  return points.flatMap((point, at) => {
    if (at % each !== 0) return []
    const neighbours = points.slice(at, at + each)
    return [{ ...point, value: Math.min(...neighbours.map(({ value }) => value)) }]
  })
}
