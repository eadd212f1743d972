import type { Slope } from '../../../model/growth.ts'
import { largestOf, smallestOf } from '../../../model/extremes.ts'
import { median } from '../../robust/quantile.ts'
import { slowingDown } from '../lives.ts'
import { sayRate, sayTime } from '../says.ts'
import { worthNaming } from '../significance.ts'
import type { Stretch } from '../stretch.ts'
import type { Answer, Life, View } from '../view.ts'

/** Slopes are alike within this share of the usual one. */
const ALIKE = 0.3
/** Of the lives that could be measured. */
const MOST_LIVES = 2 / 3
/** Standard deviation of the uptimes at death, as a share of their mean. */
const SAME_AGE = 0.25
/** What does not live longer dies while it starts. */
const START_SECONDS = 300
/** A start that is read this often and rises evenly is growth all the same. */
const MANY_SAMPLES = 12

/** Life after life goes the same way: what grows alike again will not stop, and what dies while it starts has too little. */
export function repeated(view: View): Answer | null {
  const measured = view.lives.filter(({ stretch }) => stretch.values.length >= 2)
  if (measured.length < 2) return null
  const killed = measured.filter(({ stretch }) => stretch.endsWith === 'kill')
  const slowing = killed.filter(({ stretch }) => slowingDown(stretch) !== null)
  if (killed.length >= 2 && slowing.length >= MOST_LIVES * killed.length)
    return diesInWarmUp(killed, 'its growth slowed down each time')
  const growing = measured.filter((life) => grows(view, life))
  if (growing.length < 2 || growing.length < MOST_LIVES * measured.length) return null
  const paces = growing.map(({ trend }) => trend.slope.perSecond)
  const usual = median(paces)
  const alike = growing.filter(
    ({ trend }) => Math.abs(trend.slope.perSecond - usual) <= ALIKE * usual,
  )
  const sameAge =
    killed.length >= 3 && variation(killed.map(({ stretch }) => ageOf(stretch))) < SAME_AGE
  if (alike.length < 2 || (alike.length < MOST_LIVES * growing.length && !sameAge)) return null
  const young = killed.every(({ stretch }) => ageOf(stretch) < START_SECONDS)
  const seldomRead = killed.every(({ stretch }) => stretch.values.length < MANY_SAMPLES)
  if (killed.length === measured.length && young && seldomRead)
    return diesInWarmUp(killed, `none of its lives lasted ${sayTime(START_SECONDS)}`)
  return growsEachTime(view, { growing, alike, killed, usual, sameAge })
}

interface Grown {
  growing: readonly Life[]
  alike: readonly Life[]
  killed: readonly Life[]
  usual: number
  sameAge: boolean
}

function growsEachTime(view: View, grown: Grown): Answer {
  const { growing, alike, killed, usual, sameAge } = grown
  const paces = alike.map(({ trend }) => trend.slope.perSecond)
  const own = growing.find(({ stretch }) => stretch === view.judged)?.trend.slope
  const slope: Slope = own ?? {
    perSecond: usual,
    low: smallestOf(paces),
    high: largestOf(paces),
  }
  return {
    kind: killed.length >= 2 ? 'sawtooth' : 'leak',
    diagnosis: 'leak',
    confidence: Math.min(0.95, 0.7 + 0.08 * alike.length),
    slope,
    because: [
      `${alike.length} of ${view.lives.length} lives grew alike, by about ${sayRate(usual)}`,
      ...(killed.length >= 2
        ? [`${killed.length} of them ended at the limit: it leaks, is killed, and starts again`]
        : []),
      ...(sameAge
        ? [
            `each was killed at about the same age, ${sayTime(median(killed.map(({ stretch }) => ageOf(stretch))))}`,
          ]
        : []),
      ...sayRaised(killed),
    ],
  }
}

function sayRaised(killed: readonly Life[]): string[] {
  const limits = killed.map(({ stretch }) => stretch.limitBytes ?? 0)
  const raised = limits.filter((limit, index) => index > 0 && limit > (limits[index - 1] ?? limit))
  return raised.length === 0 ? [] : ['it was killed again after its limit was raised']
}

function diesInWarmUp(killed: readonly Life[], sign: string): Answer {
  return {
    kind: 'warm-up',
    diagnosis: 'undersized',
    confidence: 0.6,
    because: [`it was killed ${killed.length} times before it was warm: ${sign}`],
    missing: ['a life with a higher limit, to see where its growth ends'],
  }
}

function grows(view: View, { trend }: Life): boolean {
  return trend.slope.low > 0 && trend.riseBytes >= worthNaming(view, trend.levelBytes)
}

function ageOf({ times }: Stretch): number {
  return times.at(-1) ?? 0
}

function variation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value / values.length, 0)
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2 / values.length, 0)
  return mean > 0 ? Math.sqrt(squares) / mean : Number.POSITIVE_INFINITY
}
