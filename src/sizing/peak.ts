import type { Sample } from '../model/series.ts'
import type { SizingEvidence } from '../model/sizing.ts'
import { needOf } from './need.ts'

/** What a high-water mark of the kernel tells of the need; null: nothing, and `says` why. */
export interface PeakNeed {
  bytes: number | null
  says: string
}

/** A mark this close to the limit was stopped by it: page cache fills what is free, so it is no measurement. */
const AT_LIMIT = 0.98
/** A group this close to its mark holds now what it held then. */
const AT_PEAK = 0.95

/**
 * The most that the kernel's high-water marks show of the need. A mark counts page cache; how much of it there was is known
 * where the mark rose between two samples, and where the group still stands at it. Else what its processes had resident at most
 * bounds it. Null where there is no mark.
 */
export function peakNeedOf(evidence: SizingEvidence, samples: readonly Sample[]): PeakNeed | null {
  const marked = samples.filter(({ peakBytes }) => peakBytes !== null)
  const told =
    marked.length === 0
      ? [priorPeak(evidence, evidence.peakBytes, markedNow(evidence))]
      : marked.map((sample, index) => peakAt(evidence, sample, marked[index - 1]))
  return told
    .filter((peak) => peak !== null)
    .reduce<PeakNeed | null>(
      (most, peak) => ((peak.bytes ?? 0) > (most?.bytes ?? -1) ? peak : most),
      null,
    )
}

/** What was held when the mark was read, where the history is one that measures otherwise. */
function markedNow({ peakBytes, recordings }: SizingEvidence): Sample | null {
  if (peakBytes === null) return null
  const samples = recordings.flatMap(({ group }) => group.samples)
  return samples.findLast((sample) => sample.peakBytes === peakBytes) ?? null
}

/** Null where the mark stands as before. */
function peakAt(
  evidence: SizingEvidence,
  sample: Sample,
  before: Sample | undefined,
): PeakNeed | null {
  const peak = sample.peakBytes
  const earlier = before?.peakBytes ?? null
  if (before === undefined || earlier === null || peak === null || peak < earlier) {
    return priorPeak(evidence, peak, sample)
  }
  if (peak === earlier || isAtLimit(peak, sample.limitBytes)) return null
  return standsAt(peak, sample) ?? risen(peak, before, sample)
}

/** It holds now what it held at the mark. */
function standsAt(peak: number, sample: Sample | null): PeakNeed | null {
  const cache = sample === null ? null : cacheOf(sample)
  if (cache === null || (sample?.usageBytes ?? 0) < peak * AT_PEAK) return null
  return { bytes: peak - cache, says: 'it stood at the mark, and its page cache is taken out' }
}

function risen(peak: number, before: Sample, after: Sample): PeakNeed | null {
  const caches = [cacheOf(before), cacheOf(after)].filter((bytes) => bytes !== null)
  if (caches.length < 2) return null
  return {
    bytes: peak - Math.min(...caches),
    says: 'the mark rose while it was watched, and the page cache around that time is taken out',
  }
}

/** A mark that was set before anybody watched. */
function priorPeak(
  evidence: SizingEvidence,
  peak: number | null,
  sample: Sample | null,
): PeakNeed | null {
  if (peak === null) return null
  const standing = standsAt(peak, sample)
  if (standing !== null) return standing
  const cache = sample === null ? null : cacheOf(sample)
  const bound = processBound(evidence, sample)
  if (isAtLimit(peak, sample?.limitBytes ?? evidence.limitBytes))
    return atLimit(peak, bound, sample)
  // Page cache that nothing had to give up only grows: at the mark there was no more of it than now.
  const least = cache === null || bound === null ? peak : Math.max(bound, peak - cache)
  if (least < peak) {
    return {
      bytes: least,
      says: 'the mark holds page cache; that of now, and what its processes had resident at most (VmHWM), bound it',
    }
  }
  return {
    bytes: peak,
    says: 'nobody watched when the mark was set, so page cache in it could not be taken out',
  }
}

/** Page cache fills what is free and is thrown away again, and so goes what was killed: how much of it was there is lost. */
function atLimit(peak: number, bound: number | null, sample: Sample | null): PeakNeed {
  const why =
    (sample?.oomKills ?? 0) > 0
      ? 'where the kernel killed in it'
      : 'as page cache fills what is free'
  if (bound !== null && bound < peak) {
    return {
      bytes: bound,
      says: `the mark is the limit itself, ${why}; what its living processes had resident at most (VmHWM) bounds the rest`,
    }
  }
  return {
    bytes: null,
    says: `the high-water mark is the limit itself, ${why}: it measures nothing`,
  }
}

/** What processes and the kernel's own part come to at most; children that ended are not among them. */
function processBound(evidence: SizingEvidence, sample: Sample | null): number | null {
  const { processPeakBytes, unreclaimableBytes } = evidence
  const anon = sample?.anonBytes ?? null
  if (processPeakBytes === null || unreclaimableBytes === null || anon === null) return null
  return Math.max(unreclaimableBytes, processPeakBytes + Math.max(0, unreclaimableBytes - anon))
}

function isAtLimit(bytes: number, limitBytes: number | null): boolean {
  return limitBytes !== null && bytes >= limitBytes * AT_LIMIT
}

/**
 * What reclaim could give back at a sample. Usage is read a moment before what it is made of: where that grew meanwhile, the
 * difference is too small, and the page cache itself is more.
 */
function cacheOf(sample: Sample): number | null {
  const need = needOf({ ...sample, swapBytes: null })
  if (sample.usageBytes === null || need?.measure !== 'unreclaimable') return null
  return Math.max(0, sample.usageBytes - need.bytes, sample.fileBytes ?? 0)
}
