import type { Growth, Slope, TimeToLimit } from '../../model/growth.ts'
import type { Recording } from '../../model/series.ts'
import type { Instant } from '../../model/time.ts'
import { DAY_SECONDS } from '../policy.ts'
import { measureOf } from './figures.ts'
import type { Measure } from './figures.ts'
import { LEAST_SAMPLES, livesOf } from './lives.ts'
import { inOrder } from './in-order.ts'
import { growingProcess, regionThatGrows } from './process.ts'
import { sayBytes, sayRate } from './says.ts'
import { STEPS } from './steps/index.ts'
import { crashLoop, raisedInVain } from './steps/raised-limits.ts'
import { stretchesOf } from './stretch.ts'
import type { Stretch } from './stretch.ts'
import { trendOf } from './trend.ts'
import type { Answer, View } from './view.ts'

const USUAL_HORIZON_SECONDS = 30 * DAY_SECONDS
/** Page cache in use counts in the working set: growth of it may be harmless. */
const MOST_CONFIDENCE_WITH_CACHE = 0.5

/**
 * What kind of growth a recording shows, by the samples up to `at`. It never throws, whatever the recording holds.
 *
 * @param options.horizonSeconds a limit that is farther away is no reason to worry; 30 days unless told
 */
export function classifyGrowth(
  recording: Recording,
  options: { at: Instant; horizonSeconds?: number },
): Growth {
  const samples = inOrder(recording.group.samples, options.at)
  const measure = measureOf(samples)
  if (measure === null) return unknownGrowth(null, ['samples of its memory'])
  const stretches = stretchesOf(recording.group, samples, measure)
  const judged =
    stretches.findLast(({ values }) => known(values) >= LEAST_SAMPLES) ?? stretches.at(-1)
  const trend = judged === undefined ? null : trendOf(judged)
  if (judged === undefined || trend === null || known(judged.values) < LEAST_SAMPLES)
    return tooFew(measure, stretches)
  const view: View = {
    recording,
    measure,
    stretches,
    lives: livesOf(stretches),
    judged,
    trend,
    limitBytes: judged.limitBytes,
    horizonSeconds: options.horizonSeconds ?? USUAL_HORIZON_SECONDS,
  }
  return completed(view, answerOf(view))
}

function answerOf(view: View): Answer {
  for (const step of STEPS) {
    const answer = step(view)
    if (answer !== null) return answer
  }
  return {
    kind: 'unknown',
    diagnosis: null,
    confidence: 0,
    because: ['it moves, and neither steadily up nor in any other way that is known'],
    missing: whatWouldTell(view),
  }
}

function whatWouldTell({ judged, recording }: View): string[] {
  const lasted = judged.times.at(-1) ?? 0
  return [
    ...(lasted < DAY_SECONDS ? ['a recording of a whole day'] : []),
    ...(judged.samples.some(({ load }) => load !== null)
      ? []
      : ['the load over the same time: requests, connections, workers']),
    ...(recording.processes.length > 0 ? [] : ['its processes, one by one']),
  ]
}

/** No trend without samples; but that it is killed at once, each time, says something. */
function tooFew(measure: Measure, stretches: readonly Stretch[]): Growth {
  const missing = [`at least ${LEAST_SAMPLES} samples of one life`]
  const answer = raisedInVain({ stretches }) ?? crashLoop({ stretches })
  return { ...unknownGrowth(measure, missing), ...answer }
}

function completed(view: View, answer: Answer): Growth {
  const { measure, judged, trend, limitBytes } = view
  const hasCache = measure === 'working-set' || measure === 'usage'
  const goesOn = growsWithoutEnd(answer)
  const process = goesOn ? growingProcess(view) : null
  const region = process === null ? null : regionThatGrows(view, process)
  const slope = answer.slope ?? trend.slope
  const left = (limitBytes ?? Number.NaN) - trend.levelBytes
  return {
    ...unknownGrowth(measure, []),
    secondsToLimit: goesOn || answer.kind === 'unknown' ? timeToLimit(slope, left) : null,
    segment: { from: judged.from, to: judged.to, samples: judged.samples.length },
    process,
    region,
    ...answer,
    slope,
    confidence: hasCache
      ? Math.min(MOST_CONFIDENCE_WITH_CACHE, answer.confidence)
      : answer.confidence,
    because: [...answer.because, ...sayProcess(process, region)],
    missing: [
      ...(answer.missing ?? []),
      ...(hasCache
        ? ['how much of it cannot be reclaimed: the figures count page cache, too']
        : []),
      ...(limitBytes === null ? ['the limit'] : []),
    ],
  }
}

function growsWithoutEnd({ kind, diagnosis }: Answer): boolean {
  return kind === 'leak' || diagnosis === 'leak' || diagnosis === 'suspected-leak'
}

function sayProcess(process: Growth['process'], region: Growth['region']): string[] {
  if (process === null) return []
  const grown =
    region === null ? '' : `, its region ${region.name} by ${sayBytes(region.grownBytes)}`
  return [
    `process ${process.pid}${process.name === null ? '' : ` (${process.name})`} grows by ${sayRate(process.slope.perSecond)}${grown}`,
  ]
}

/** From the end of the samples; null where it does not grow, or there is no limit. */
function timeToLimit(slope: Slope, leftBytes: number): TimeToLimit | null {
  if (!Number.isFinite(leftBytes) || slope.perSecond <= 0 || slope.high <= 0) return null
  const left = Math.max(0, leftBytes)
  return { low: left / slope.high, high: slope.low > 0 ? left / slope.low : null }
}

/** Growth of which nothing is known but what would tell it. */
export function unknownGrowth(measure: Measure | null, missing: readonly string[]): Growth {
  return {
    kind: 'unknown',
    diagnosis: null,
    confidence: 0,
    slope: null,
    secondsToLimit: null,
    component: null,
    segment: null,
    measure,
    perUnit: null,
    process: null,
    region: null,
    because: [],
    missing,
  }
}

function known(values: readonly number[]): number {
  return values.reduce((count, value) => count + (Number.isFinite(value) ? 1 : 0), 0)
}
