import { quantile, sortedNumbers } from '../../robust/quantile.ts'
import { figureOf } from '../figures.ts'
import { sayBytes } from '../says.ts'
import { standsStill } from '../significance.ts'
import type { Answer, View } from '../view.ts'

/** From below this share of the limit to the kill within two samples. */
const FAR_FROM_LIMIT = 0.7
/** The highest of a thousand samples over the usual one. */
const LEAST_RATIO = 1.5
/** Bursts are short: more than this share of the time above the middle is something else. */
const MOST_TIME = 0.2

/** It was killed so fast that no sample saw it coming. */
export function killedAtOnce({ judged, limitBytes }: View): Answer | null {
  if (judged.endsWith !== 'kill' || limitBytes === null) return null
  const [before, last] = judged.values.slice(-2)
  if (before === undefined || last === undefined) return null
  if (Math.max(before, last) >= FAR_FROM_LIMIT * limitBytes) return null
  return {
    kind: 'burst',
    diagnosis: 'burst',
    confidence: 0.6,
    because: [
      `it was killed within two samples after it held ${sayBytes(last)} of ${sayBytes(limitBytes)}`,
    ],
    missing: [
      'the counters of the limits above it: one of them may have been full instead',
      'what was asked of it at that time: one request or job did this',
    ],
  }
}

/** A flat floor with short peaks. */
export function burst(view: View): Answer | null {
  const { judged, trend } = view
  if (!standsStill(view, trend)) return null
  const sorted = sortedNumbers(judged.values)
  const [usual, peak] = [quantile(sorted, 0.5), quantile(sorted, 0.999)]
  const middle = (usual + peak) / 2
  const timeHigh = sorted.filter((value) => value > middle).length / sorted.length
  if (peak > LEAST_RATIO * usual && timeHigh < MOST_TIME)
    return answer(
      `it usually holds ${sayBytes(usual)}, and ${sayBytes(peak)} for short times`,
      0.75,
    )
  return unseen(view, sorted.at(-1) ?? 0)
}

/** The kernel's high-water mark saw what no sample did. */
function unseen({ judged }: View, highest: number): Answer | null {
  const [first, last] = [judged.samples[0], judged.samples.at(-1)]
  if (first === undefined || last === undefined) return null
  const peak = figureOf(last, 'peakBytes')
  const usages = sortedNumbers(judged.samples.map((sample) => figureOf(sample, 'usageBytes')))
  const seen = Math.max(highest, usages.at(-1) ?? 0)
  const rose = peak > figureOf(first, 'peakBytes')
  return rose && peak > LEAST_RATIO * seen
    ? answer(
        `the kernel saw ${sayBytes(peak)} between two samples, none of which shows more than ${sayBytes(seen)}`,
        0.5,
      )
    : null
}

function answer(sentence: string, confidence: number): Answer {
  return { kind: 'burst', diagnosis: 'burst', confidence, because: [sentence] }
}
