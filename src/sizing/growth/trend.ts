import type { Slope } from '../../model/growth.ts'
import { median, spread } from '../robust/quantile.ts'
import { slopeOf } from '../robust/theil-sen.ts'
import { AT_LIMIT } from './borders.ts'
import type { Stretch } from './stretch.ts'

/** How the floor of a stretch moves: what is left after each tidying up, a burst, a job. */
export interface Trend {
  slope: Slope
  /** Where the line through the floor stands at the end of the stretch. */
  levelBytes: number
  /** What the floor rose by from the first to the last of its points, by the slope. */
  riseBytes: number
  seconds: number
  /** How far the floor's points lie from the line, as a standard deviation. */
  noiseBytes: number
  floor: Points
}

export interface Points {
  times: readonly number[]
  values: readonly number[]
}

/** A point of the floor is the lowest of this many samples. */
const FLOOR_SAMPLES = 10
const LEAST_POINTS = 8
const MOST_POINTS = 48
/** What a program does after its start is no trend: this long, this share of its life; of short recordings not more than the last. */
const WARM_UP = { seconds: 300, share: 0.1, mostShare: 0.25 }

/** The trend of a stretch; null where there are too few samples. */
export function trendOf(stretch: Stretch): Trend | null {
  const floor = floorOf(afterWarmUp(uncensored(stretch), stretch.startsWith))
  return lineThrough(floor, stretch.times.at(-1) ?? 0)
}

/** The robust line through points, told at a moment. */
export function lineThrough(points: Points, at: number): Trend | null {
  const { times, values } = points
  const slope = slopeOf(times, values, 0, MOST_POINTS)
  if (slope === null) return null
  const rests = values.map((value, index) => value - slope.perSecond * (times[index] ?? 0))
  const seconds = (times.at(-1) ?? 0) - (times[0] ?? 0)
  return {
    slope,
    levelBytes: Math.max(0, median(rests) + slope.perSecond * at),
    riseBytes: slope.perSecond * seconds,
    seconds,
    noiseBytes: spread(rests),
    floor: points,
  }
}

/** What stands at the limit, and what was read last before a kill, are lower bounds of the need and no values. */
export function uncensored(stretch: Stretch): Points {
  const most = AT_LIMIT * (stretch.limitBytes ?? Number.POSITIVE_INFINITY)
  const last = stretch.endsWith === 'kill' ? stretch.values.length - 1 : stretch.values.length
  const keep = stretch.values.flatMap((value, index) =>
    value < most && index < last ? [index] : [],
  )
  return pick(stretch, keep)
}

function afterWarmUp(points: Points, startsWith: Stretch['startsWith']): Points {
  const [first, last] = [points.times[0] ?? 0, points.times.at(-1) ?? 0]
  const seconds = last - first
  const share = WARM_UP.share * seconds
  const wanted =
    startsWith === 'start' || startsWith === 'kill' ? Math.max(WARM_UP.seconds, share) : share
  const from = first + Math.min(wanted, WARM_UP.mostShare * seconds)
  return pick(
    points,
    [...points.times.keys()].filter((index) => (points.times[index] ?? 0) >= from),
  )
}

/** The lowest point of each of equal times. */
export function floorOf(points: Points, leastPartSeconds = 0): Points {
  const { times, values } = points
  const [first, last] = [times[0] ?? 0, times.at(-1) ?? 0]
  const seconds = last - first
  const wanted = Math.min(
    MOST_POINTS,
    Math.max(LEAST_POINTS, Math.round(values.length / FLOOR_SAMPLES)),
  )
  const parts = Math.max(
    1,
    Math.min(wanted, leastPartSeconds > 0 ? Math.floor(seconds / leastPartSeconds) : wanted),
  )
  const lowest = new Map<number, number>()
  for (const [index, time] of times.entries()) {
    const part = Math.min(parts - 1, Math.floor(((time - first) / seconds) * parts))
    const low = lowest.get(part)
    if (low === undefined || (values[index] ?? 0) < (values[low] ?? 0)) lowest.set(part, index)
  }
  return pick(points, [...lowest.values()])
}

function pick(points: Points, indices: readonly number[]): Points {
  return {
    times: indices.map((index) => points.times[index] ?? 0),
    values: indices.map((index) => points.values[index] ?? 0),
  }
}
