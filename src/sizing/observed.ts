import { formatBytes } from '../model/bytes.ts'
import type { Growth } from '../model/growth.ts'
import type { BoundName, SizingEvidence } from '../model/sizing.ts'
import type { History } from './history.ts'
import { MEASURE_WORDS } from './need.ts'
import { peakNeedOf } from './peak.ts'
import { plateauOf } from './plateau.ts'
import { LEAST_SAMPLES } from './policy.ts'
import { counted } from '../model/counted.ts'
import { largestOf } from '../model/extremes.ts'
import { spanInWords } from './words.ts'

/** The most that was ever needed, as far as anything saw it. */
export interface Observed {
  bytes: number
  /** `high-water mark` where the kernel saw more than any sample. */
  name: Extract<BoundName, 'observed need' | 'high-water mark' | 'runtime settings'>
  says: string
}

/** What was found, and what it rests on. */
export interface Finding {
  /** Null: nothing was seen. */
  observed: Observed | null
  /** False: it bounds what other evidence leads to, and is too little to size by. */
  isEnough: boolean
  unknown: readonly string[]
}

/**
 * The largest need that anything shows: a sample, the kernel's high-water mark, the level that a warm-up comes to, the load
 * that was largest. Where it is not enough to size by, it is still a bound: what a kill leads to must hold it, too.
 */
export function observedNeed(evidence: SizingEvidence, history: History, growth: Growth): Finding {
  const { needs, samples } = history
  const peak = peakNeedOf(evidence, samples)
  const isEnough =
    needs.length >= LEAST_SAMPLES || (peak !== null && evidence.unreclaimableBytes !== null)
  const unknown = peak !== null && peak.bytes === null ? [peak.says] : []
  const candidates = [
    ...sampled(history),
    ...present(evidence),
    ...settled(history, growth),
    ...underLoad(history, growth),
    ...(peak === null || peak.bytes === null
      ? []
      : [
          {
            bytes: peak.bytes,
            name: 'high-water mark' as const,
            says: `The kernel's high-water mark comes to ${formatBytes(peak.bytes)}: ${peak.says}.`,
          },
        ]),
  ]
  const most = candidates.reduce<Observed | null>(
    (largest, one) => (largest === null || one.bytes > largest.bytes ? one : largest),
    null,
  )
  return { observed: most, isEnough, unknown }
}

function sampled({ needs, measure, watchedSeconds }: History): Observed[] {
  if (needs.length === 0 || measure === null) return []
  const bytes = largestOf(needs.map((need) => need.bytes))
  const over =
    needs.length === 1
      ? 'one sample'
      : `${counted(needs.length, 'sample')} over ${spanInWords(watchedSeconds)}`
  return [
    {
      bytes,
      name: 'observed need',
      says: `It needed at most ${formatBytes(bytes)}: ${MEASURE_WORDS[measure]}, ${over}.`,
    },
  ]
}

function present({ unreclaimableBytes }: SizingEvidence): Observed[] {
  if (unreclaimableBytes === null) return []
  return [
    {
      bytes: unreclaimableBytes,
      name: 'observed need',
      says: `It needs ${formatBytes(unreclaimableBytes)} now that the kernel cannot take back.`,
    },
  ]
}

/** What warms up is sized for the level that it comes to. */
function settled({ needs }: History, { kind }: Growth): Observed[] {
  const plateau = kind === 'warm-up' ? plateauOf(needs) : null
  if (plateau === null) return []
  return [
    {
      bytes: plateau,
      name: 'observed need',
      says: `It is warming up, and levels off at about ${formatBytes(plateau)}.`,
    },
  ]
}

/** What grows with the load is sized for the largest load that was seen. */
function underLoad({ samples }: History, { kind, perUnit }: Growth): Observed[] {
  if (kind !== 'concurrency' || perUnit === null) return []
  const load = Math.max(0, largestOf(samples.map((sample) => sample.load ?? sample.processes ?? 0)))
  const bytes = perUnit.baseBytes + load * perUnit.unitBytes
  return [
    {
      bytes,
      name: 'observed need',
      says: `It takes ${formatBytes(perUnit.baseBytes)} and ${formatBytes(perUnit.unitBytes)} for each unit of load; ${formatBytes(bytes)} at the largest load that was seen, ${load}.`,
    },
  ]
}

/** For what grows to an end that its runtime's own settings keep: that end. */
export function grownToItsEnd({ model }: SizingEvidence): Finding {
  const bytes = model?.bytes ?? 0
  const says = `It grows, and by its own settings ends at ${formatBytes(bytes)}: ${(model?.says ?? []).join('; ')}. If it is a leak, that is where the runtime gives up by itself.`
  return { observed: { bytes, name: 'runtime settings', says }, isEnough: true, unknown: [] }
}
