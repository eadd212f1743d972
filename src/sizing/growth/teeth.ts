import { median, quantile, sortedNumbers, spread } from '../robust/quantile.ts'
import type { Points } from './stretch.ts'

/** A series that rises and collapses again and again, as a heap does that is tidied up now and then. */
export interface Teeth {
  count: number
  /** Usual time from one low to the next. */
  periodSeconds: number
  /** Usual height. */
  heightBytes: number
  lows: Points
}

/** A tooth is at least this share of all that moves. */
const LEAST_SHARE = 0.4
/** And of the level: less is no tooth worth a name. */
const LEAST_HEIGHT = 0.05
/** And stands out of the noise between two samples. */
const LEAST_NOISES = 6
const LEAST_TEETH = 3
/** One side of a tooth takes at least this many times as long as the other. */
const LOPSIDED = 2.5
/** Nor is it mostly low, as with bursts, or mostly high. */
const TIME_HIGH = { least: 0.2, most: 0.8 }

/** The teeth of a series; null where it has none. A slope beneath them does not hide them. */
export function teethOf(points: Points, slopePerSecond: number): Teeth | null {
  const { times } = points
  const level = points.values.map((value, index) => value - slopePerSecond * (times[index] ?? 0))
  const sorted = sortedNumbers(level)
  const [low, high] = [quantile(sorted, 0.02), quantile(sorted, 0.98)]
  const steps = level.slice(1).map((value, index) => value - (level[index] ?? value))
  const least = Math.max(
    LEAST_HEIGHT * median(points.values),
    LEAST_SHARE * (high - low),
    LEAST_NOISES * spread(steps) * Math.SQRT1_2,
  )
  if (!(least > 0) || least > high - low) return null
  const timeHigh = level.filter((value) => value > (low + high) / 2).length / level.length
  if (timeHigh < TIME_HIGH.least || timeHigh > TIME_HIGH.most) return null
  const turns = turnsOf(level, least)
  const time = (turn: number): number => times[turns[turn] ?? 0] ?? 0
  const value = (turn: number): number => level[turns[turn] ?? 0] ?? 0
  const [rises, falls, lows]: [number[], number[], number[]] = [[], [], []]
  for (let turn = 1; turn < turns.length; turn++) {
    const leg = time(turn) - time(turn - 1)
    if (value(turn) > value(turn - 1)) rises.push(leg)
    else {
      falls.push(leg)
      lows.push(turns[turn] ?? 0)
    }
  }
  const [rise, fall] = [median(rises), median(falls)]
  if (falls.length < LEAST_TEETH || Math.max(rise / fall, fall / rise) < LOPSIDED) return null
  return {
    count: falls.length,
    periodSeconds: rise + fall,
    heightBytes: high - low,
    lows: {
      times: lows.map((index) => times[index] ?? 0),
      values: lows.map((index) => points.values[index] ?? 0),
    },
  }
}

/** Indices where a series turns by at least so much. */
function turnsOf(values: readonly number[], least: number): number[] {
  const turns: number[] = []
  let [low, high] = [0, 0]
  let direction = 0
  for (let index = 1; index < values.length; index++) {
    const value = values[index] ?? 0
    if (value > (values[high] ?? 0)) high = index
    if (value < (values[low] ?? 0)) low = index
    if (direction >= 0 && (values[high] ?? 0) - value >= least) {
      turns.push(high)
      direction = -1
      low = index
    } else if (direction <= 0 && value - (values[low] ?? 0) >= least) {
      turns.push(low)
      direction = 1
      high = index
    }
  }
  return turns
}
