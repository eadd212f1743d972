import { median, spread } from '../robust/quantile.ts'
import type { Trend } from './trend.ts'

/** The slowest third of an even rise is at least this fast, compared with the fastest. */
const LEAST_RATIO = 0.7
/** What the noise alone moves a third by, in its standard deviations. */
const NOISES = 2.5

/** True where a floor rises at one pace, as far as its noise lets us see; not where it slows down, or follows the day. */
export function isEven({ floor }: Trend): boolean {
  const { times, values } = floor
  const first = times[0] ?? 0
  const seconds = (times.at(-1) ?? 0) - first
  if (!(seconds > 0)) return false
  const reach = Math.max(1, Math.round(values.length / 24))
  const edges = [0, 1 / 3, 2 / 3, 1].map((share) => {
    const place = times.findIndex((time) => time - first >= share * seconds)
    const from = Math.max(0, Math.min(place - reach, values.length - 2 * reach - 1))
    return {
      time: median(times.slice(from, from + 2 * reach + 1)),
      value: median(values.slice(from, from + 2 * reach + 1)),
    }
  })
  const thirds = edges.slice(1).map(({ time, value }, index) => {
    const before = edges[index]
    const took = time - (before?.time ?? time)
    return { rise: value - (before?.value ?? value), took }
  })
  const paces = thirds.map(({ rise, took }) => rise / took)
  if (Math.min(...paces) >= LEAST_RATIO * Math.max(...paces)) return true
  const noise = localNoise(values)
  const mean = paces.reduce((sum, pace) => sum + pace / paces.length, 0)
  return thirds.every(({ rise, took }) => Math.abs(rise - mean * took) <= NOISES * noise)
}

/** Of each point about the line between its neighbours: a bend of the whole is no noise. */
function localNoise(values: readonly number[]): number {
  const bends = values
    .slice(2)
    .map((value, index) => value - 2 * (values[index + 1] ?? value) + (values[index] ?? value))
  return spread(bends) / Math.sqrt(6)
}
