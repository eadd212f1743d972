import { figureOf } from '../../src/sizing/growth/figures.ts'
import { classifyGrowth } from '../../src/sizing/growth/classify.ts'
import type { Recording, Sample } from '../../src/model/series.ts'

/** Something that warns of a limit that will be reached. It sees the samples up to an index, and answers for that moment. */
export interface Detector {
  name: string
  alarms(recording: Recording, index: number): boolean
}

/** `predict_linear` of Prometheus, over as much as people use: the last samples, and as far ahead as half of them reach. */
const WINDOW = 120
const AHEAD = 60
const NEAR = 0.95
/** As every dashboard has it. */
const STATIC = 0.8

export const DETECTORS: readonly Detector[] = [
  {
    name: 'stella',
    alarms(recording, index) {
      const at = recording.group.samples[index]?.at ?? 0
      const { diagnosis, kind, secondsToLimit } = classifyGrowth(recording, { at })
      const grows = kind === 'leak' || (kind === 'sawtooth' && diagnosis === 'leak')
      return grows && secondsToLimit !== null
    },
  },
  {
    name: 'predict_linear',
    alarms({ group: { samples } }, index) {
      if (index + 1 < WINDOW) return false
      const window = samples.slice(index + 1 - WINDOW, index + 1)
      const last = window.at(-1)
      if (last === undefined) return false
      const { slope, level } = leastSquares(window, last.at)
      const step = (last.at - (window[0]?.at ?? 0)) / (WINDOW - 1)
      return slope > 0 && level + slope * step * AHEAD >= NEAR * figureOf(last, 'limitBytes')
    },
  },
  {
    name: 'static 80 %',
    alarms({ group: { samples } }, index) {
      const sample = samples[index]
      return sample !== undefined && workingSet(sample) > STATIC * figureOf(sample, 'limitBytes')
    },
  },
]

function leastSquares(samples: readonly Sample[], at: number): { slope: number; level: number } {
  let [x, y, xx, xy] = [0, 0, 0, 0]
  for (const sample of samples) {
    const value = workingSet(sample)
    const time = sample.at - at
    x += time
    y += value
    xx += time * time
    xy += time * value
  }
  const count = samples.length
  const slope = (count * xy - x * y) / (count * xx - x * x)
  return { slope, level: (y - slope * x) / count }
}

/** What both rules are usually fed with. */
function workingSet(sample: Sample): number {
  const value = figureOf(sample, 'workingSetBytes')
  return Number.isFinite(value) ? value : figureOf(sample, 'usageBytes')
}

/** How often a detector began to warn, and when first. It warns from the third time on that it answers yes in a row. */
export function warnings(
  detector: Detector,
  recording: Recording,
  evaluations: number,
): { count: number; firstShare: number | null } {
  const samples = recording.group.samples
  const every = Math.max(1, Math.floor(samples.length / evaluations))
  let [inRow, count] = [0, 0]
  let firstShare: number | null = null
  for (let index = every; index < samples.length; index += every) {
    inRow = detector.alarms(recording, index) ? inRow + 1 : 0
    if (inRow !== 3) continue
    count++
    firstShare ??= index / samples.length
  }
  return { count, firstShare }
}

export function daysOf({ group: { samples } }: Recording): number {
  return ((samples.at(-1)?.at ?? 0) - (samples[0]?.at ?? 0)) / 86_400_000
}
