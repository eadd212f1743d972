import type { Slope } from '../../model/growth.ts'
import { driftOf } from '../robust/drift.ts'
import { median, spread } from '../robust/quantile.ts'
import { slopeOf } from '../robust/theil-sen.ts'
import { AT_LIMIT } from './borders.ts'
import { pick } from './stretch.ts'
import type { Points, Stretch } from './stretch.ts'
import { teethOf } from './teeth.ts'
import type { Teeth } from './teeth.ts'

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
  /** How surely it rises even if each point wanders on from the one before: see `driftOf`. */
  drift: number
  /** The deepest fall of the floor, as a share of its rise. */
  setback: number
  floor: Points
  teeth: Teeth | null
}

/** A point of the floor is the lowest of this many samples. */
const FLOOR_SAMPLES = 10
const LEAST_POINTS = 8
const MOST_POINTS = 48
/** Fewer ends of teeth than this make no floor of their own. */
const LEAST_LOWS = 6
/** What a program does after its start is no trend: this long, this share of its life; of short recordings not more than the last. */
const WARM_UP = { seconds: 300, share: 0.1, mostShare: 0.25 }

/** The trend of a stretch; null where there are too few samples. */
export function trendOf(stretch: Stretch): Trend | null {
  const values = uncensored(stretch)
  // Where all of it stands at the limit, that is what there is to say.
  const most = values.values.length < LEAST_POINTS ? everything(stretch) : values
  const points = afterWarmUp(most, stretch.startsWith)
  const raw = slopeOf(points.times, points.values, 0, MOST_POINTS)
  const teeth = raw === null ? null : teethOf(points, raw.perSecond)
  const floor = teeth === null ? floorOf(points) : beneath(teeth, points)
  return lineThrough(floor, stretch.times.at(-1) ?? 0, teeth)
}

/** With teeth, the floor is where they end. */
function beneath(teeth: Teeth, points: Points): Points {
  return teeth.count >= LEAST_LOWS ? teeth.lows : floorOf(points, teeth.periodSeconds)
}

/** The robust line through the points of a floor, told at a moment. */
export function lineThrough(floor: Points, at: number, teeth: Teeth | null = null): Trend | null {
  const { times, values } = floor
  const slope = slopeOf(times, values, 0, MOST_POINTS)
  if (slope === null) return null
  const rests = values.map((value, index) => value - slope.perSecond * (times[index] ?? 0))
  const seconds = (times.at(-1) ?? 0) - (times[0] ?? 0)
  const riseBytes = slope.perSecond * seconds
  return {
    slope,
    levelBytes: Math.max(0, median(rests) + slope.perSecond * at),
    riseBytes,
    seconds,
    noiseBytes: spread(rests),
    drift: driftOf(values),
    setback: riseBytes > 0 ? deepestFall(values) / riseBytes : Number.POSITIVE_INFINITY,
    floor,
    teeth,
  }
}

function deepestFall(values: readonly number[]): number {
  let [high, deepest] = [Number.NEGATIVE_INFINITY, 0]
  for (const value of values) {
    high = Math.max(high, value)
    deepest = Math.max(deepest, high - value)
  }
  return deepest
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

function everything({ times, values }: Stretch): Points {
  const known = [...values.keys()].filter((index) => Number.isFinite(values[index]))
  return pick({ times, values }, known)
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
