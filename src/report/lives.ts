/** How long lives lasted, and how many there were at a time: for people. */
import type { CaseLives } from '../model/case.ts'
import type { Instant } from '../model/time.ts'
import { counted } from '../model/counted.ts'
import { largestOf, smallestOf } from '../model/extremes.ts'
import { median } from '../sizing/robust/quantile.ts'

/** Lives that lasted from `fromMs` up to, and not including, `toMs`. */
export interface LifetimeBin {
  fromMs: number
  toMs: number
  count: number
}

/** A histogram without gaps: a bin in which none falls is there, too. */
export interface Lifetimes {
  bins: readonly LifetimeBin[]
  medianMs: number
  leastMs: number
  mostMs: number
  count: number
}

/** Bins of one length are good for lives that are alike; beyond this factor each is about twice as long as the one before. */
const ALIKE = 4
/** And no more than there are lives. */
const MOST_BINS = 8
/** Kubernetes cuts its times to the second. */
const SECOND_MS = 1_000
const FINEST_MS = 100

/** Null where fewer than two lives are known from their start to their end. */
export function lifetimesOf({ list }: Pick<CaseLives, 'list'>): Lifetimes | null {
  const lasted = list.flatMap(({ startedAt, endedAt }) =>
    startedAt === null || endedAt === null || endedAt < startedAt
      ? []
      : [Math.round(endedAt - startedAt)],
  )
  if (lasted.length < 2) return null
  const [leastMs, mostMs] = [smallestOf(lasted), largestOf(lasted)]
  const edges =
    mostMs <= ALIKE * leastMs ? evenEdges(lasted, leastMs, mostMs) : growingEdges(leastMs, mostMs)
  const bins = edges.slice(1).map((toMs, index): LifetimeBin => {
    const fromMs = edges[index] ?? 0
    return { fromMs, toMs, count: lasted.filter((ms) => ms >= fromMs && ms < toMs).length }
  })
  return { bins, medianMs: median(lasted), leastMs, mostMs, count: lasted.length }
}

function evenEdges(lasted: readonly number[], least: number, most: number): number[] {
  const finest = lasted.every((ms) => ms % SECOND_MS === 0) ? SECOND_MS : FINEST_MS
  const binsAt = (step: number): number => Math.floor(most / step) - Math.floor(least / step) + 1
  let [step, next] = [finest, 2]
  while (binsAt(step) > Math.min(MOST_BINS, lasted.length)) {
    step *= next
    next = next === 2 ? 2.5 : 2
  }
  const from = Math.floor(least / step)
  return Array.from({ length: binsAt(step) + 1 }, (_, index) => (from + index) * step)
}

const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const EDGES = [
  ...[0, 1, 2, 5, 10, 30].map((seconds) => seconds * SECOND_MS),
  ...[1, 2, 5, 10, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 7, 30, 365, Infinity].map((days) => days * DAY_MS),
]

function growingEdges(least: number, most: number): number[] {
  const from = EDGES.findLastIndex((edge) => edge <= least)
  const to = EDGES.findIndex((edge) => edge > most)
  return EDGES.slice(from, to + 1)
}

/** `4.7 s`, `90 s`, `12 minutes`. */
export function lasting(ms: number): string {
  const seconds = ms / SECOND_MS
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`
  if (ms < 2 * MINUTE_MS) return `${Math.round(seconds)} s`
  if (ms < 2 * HOUR_MS) return `${tenth(ms / MINUTE_MS)} minutes`
  if (ms < 2 * DAY_MS) return `${tenth(ms / HOUR_MS)} hours`
  return `${tenth(ms / DAY_MS)} days`
}

function tenth(value: number): number {
  return Number(value.toFixed(value < 10 ? 1 : 0))
}

export function binInWords({ fromMs, toMs }: LifetimeBin): string {
  if (toMs === Infinity) return `${lasting(fromMs)} and more`
  return fromMs === 0 ? `less than ${lasting(toMs)}` : `${lasting(fromMs)} to ${lasting(toMs)}`
}

/** How many live from this moment on, until the next one. */
export interface LivingStep {
  at: Instant
  living: number
}

/** Oldest first; lives whose start is not known are left out. */
export function livingOverTime({ list }: Pick<CaseLives, 'list'>): readonly LivingStep[] {
  const changes = list
    .flatMap(({ startedAt, endedAt }) => {
      if (startedAt === null) return []
      const start = { at: startedAt, change: 1 }
      return endedAt === null ? [start] : [start, { at: Math.max(startedAt, endedAt), change: -1 }]
    })
    // Whoever ends makes room first.
    .toSorted((a, b) => a.at - b.at || a.change - b.change)
  let living = 0
  const steps = new Map<Instant, number>()
  for (const { at, change } of changes) {
    living += change
    steps.set(at, living)
  }
  return [...steps].map(([at, count]) => ({ at, living: count }))
}

/** One sentence: how many, how long, and for what share of the time. */
export function livesInWords(lives: CaseLives): string {
  const { list, earlier } = lives
  const areTasks = list.some(({ how }) => how.startsWith('TASK_'))
  const many = areTasks ? counted(list.length, 'task') : counted(list.length, 'life', 'lives')
  const before = earlier === 0 ? '' : ` (and ${earlier} before, of which no more is known)`
  return `${many}${before}${lengthOf(lives)}${shareOf(lives)}.`
}

function lengthOf(lives: CaseLives): string {
  const lifetimes = lifetimesOf(lives)
  if (lifetimes === null) return ''
  const { leastMs, mostMs, medianMs } = lifetimes
  const [least, most, middle] = [lasting(leastMs), lasting(mostMs), lasting(medianMs)]
  return least === most
    ? `, ${middle} long each`
    : `, ${least} to ${most} long, ${middle} in the median`
}

function shareOf(lives: CaseLives): string {
  const steps = livingOverTime(lives)
  const [first] = steps
  const last = steps.at(-1)
  if (first === undefined || last === undefined || last.at <= first.at) return ''
  const up = steps.slice(1).reduce((sum, { at }, index) => {
    const before = steps[index]
    return before === undefined || before.living === 0 ? sum : sum + at - before.at
  }, 0)
  const percent = (up / (last.at - first.at)) * 100
  return `; from the first start on, something ran for ${Math.max(1, Math.round(percent))} % of the time`
}
