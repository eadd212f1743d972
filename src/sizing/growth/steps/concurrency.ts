import { largestOf, smallestOf } from '../../../model/extremes.ts'
import { rankCorrelation } from '../../robust/rank-correlation.ts'
import { median, spread } from '../../robust/quantile.ts'
import { slopeOf } from '../../robust/theil-sen.ts'
import { figureOf } from '../figures.ts'
import { sayBytes } from '../says.ts'
import { significantRise, worthNaming } from '../significance.ts'
import { floorOf, lineThrough } from '../trend.ts'
import type { Answer, View } from '../view.ts'

/** Spearman's correlation from which on memory goes with the load. */
const LEAST_CORRELATION = 0.7
/** One or two values of the load draw no line. */
const LEAST_LOADS = 3
/** The load has to explain it better than the time that passes: what is left over is at most this share. */
const BETTER_THAN_TIME = 0.8
/** Of the limit, that the most units may fill. */
const FULL = 0.9
const MOST_POINTS = 120

type LoadFigure = 'load' | 'processes'

/** Memory that goes with the number of requests, connections or workers. */
export function concurrency(view: View): Answer | null {
  return goesWith(view, 'load') ?? goesWith(view, 'processes')
}

function goesWith(view: View, figure: LoadFigure): Answer | null {
  const { judged, limitBytes } = view
  const known = judged.samples.flatMap((sample, index) => {
    const [load, value] = [figureOf(sample, figure), judged.values[index] ?? Number.NaN]
    return Number.isFinite(load + value) ? [{ time: judged.times[index] ?? 0, load, value }] : []
  })
  const loads = known.map(({ load }) => load)
  const values = known.map(({ value }) => value)
  const times = known.map(({ time }) => time)
  if (new Set(loads).size < LEAST_LOADS) return null
  if (rankCorrelation(loads, values) < LEAST_CORRELATION) return null
  const byLoad = known.toSorted((a, b) => a.load - b.load)
  const unit = slopeOf(
    byLoad.map(({ load }) => load),
    byLoad.map(({ value }) => value),
    0,
    MOST_POINTS,
  )
  const pace = slopeOf(times, values, 0, MOST_POINTS)
  if (unit === null || pace === null || !(unit.perSecond > 0)) return null
  const rests = known.map(({ load, value }) => value - unit.perSecond * load)
  const overTime = known.map(({ time, value }) => value - pace.perSecond * time)
  const swing = unit.perSecond * (largestOf(loads) - smallestOf(loads))
  if (swing < worthNaming(view, median(values))) return null
  if (spread(rests) > BETTER_THAN_TIME * spread(overTime)) return null
  const left = lineThrough(floorOf({ times, values: rests }), times.at(-1) ?? 0)
  if (left !== null && significantRise(view, { ...left, levelBytes: median(values) })) return null
  const baseBytes = Math.max(0, median(rests))
  const mostUnits =
    limitBytes === null
      ? null
      : Math.max(0, Math.floor((FULL * limitBytes - baseBytes) / unit.perSecond))
  const name = figure === 'load' ? 'unit of load' : 'process'
  const answer = {
    confidence: 0.85,
    perUnit: { baseBytes, unitBytes: unit.perSecond, mostUnits },
    because: [
      `memory goes with the ${figure === 'load' ? 'load' : 'number of processes'}: ${sayBytes(baseBytes)}, and ${sayBytes(unit.perSecond)} for each ${name}`,
      ...(mostUnits === null ? [] : [`${mostUnits} fit into ${100 * FULL} % of the limit`]),
    ],
  }
  const more = lineThrough(floorOf({ times, values: loads }), times.at(-1) ?? 0)
  // More and more processes without any load that asks for them: they are started and never end.
  if (
    figure === 'processes' &&
    more !== null &&
    significantRise({ limitBytes: null }, more) &&
    more.riseBytes > more.levelBytes / 2
  )
    return { ...answer, kind: 'leak', diagnosis: 'too-many-processes', component: 'processes' }
  return { ...answer, kind: 'concurrency', diagnosis: 'concurrency' }
}
