import type { Growth } from '../../model/growth.ts'
import type { Series } from '../../model/series.ts'
import { measureOf, measured } from './figures.ts'
import { inOrder } from './in-order.ts'
import { LEAST_SAMPLES } from './lives.ts'
import { growingRegion } from './regions.ts'
import { significantRise } from './significance.ts'
import { floorOf, lineThrough } from './trend.ts'
import type { View } from './view.ts'

type GrowingProcess = NonNullable<Growth['process']>

/** Of the growth of the whole group, that one process has to explain. */
const LEAST_SHARE = 0.5

/** The process that explains most of the growth, known by its PID and its start; null where none does. */
export function growingProcess(view: View): GrowingProcess | null {
  const grown = view.recording.processes.flatMap((series) => {
    const found = growthOf(view, series)
    return found === null ? [] : [found]
  })
  const fastest = grown.reduce<GrowingProcess | null>(
    (most, next) => (next.slope.perSecond > (most?.slope.perSecond ?? 0) ? next : most),
    null,
  )
  const enough = LEAST_SHARE * view.trend.slope.perSecond
  return fastest !== null && fastest.slope.perSecond >= enough ? fastest : null
}

function growthOf(view: View, { name, process, samples }: Series): GrowingProcess | null {
  const { judged } = view
  const during = inOrder(samples, judged.to).filter(({ at }) => at >= judged.from)
  const measure = measureOf(during)
  if (process === null || measure === null || during.length < LEAST_SAMPLES) return null
  const known = during
    .map((sample) => ({
      time: (sample.at - judged.from) / 1_000,
      value: measured(sample, measure),
    }))
    .filter(({ value }) => Number.isFinite(value))
  const points = { times: known.map(({ time }) => time), values: known.map(({ value }) => value) }
  const trend = lineThrough(floorOf(points), points.times.at(-1) ?? 0)
  return trend !== null && significantRise(view, trend)
    ? { ...process, name, slope: trend.slope }
    : null
}

/** The region of a process that grew most from its first snapshot to its last; null where there are not two of it. */
export function regionThatGrows(
  { recording }: View,
  { pid, startedAt }: GrowingProcess,
): Growth['region'] {
  const own = recording.regions.filter((shot) => shot.pid === pid && shot.startedAt === startedAt)
  const [first, last] = [own[0], own.at(-1)]
  return first === undefined || last === undefined ? null : growingRegion(first, last)
}
