import { NO_SAMPLE } from '../../src/model/series.ts'
import type { Recording, Sample, SeriesMark } from '../../src/model/series.ts'
import { MIB } from '../../src/model/bytes.ts'
import { NO_EVIDENCE as NOTHING_KNOWN } from '../../src/model/sizing.ts'
import type { Sizing, SizingEvidence } from '../../src/model/sizing.ts'
import { DEFAULT_POLICY } from '../../src/sizing/policy.ts'
import { sizeOf } from '../../src/sizing/size-of.ts'

/** Evidence for a size that tells nothing; tests fill in what they are about. */
export const NO_EVIDENCE: SizingEvidence = { ...NOTHING_KNOWN, at: Date.UTC(2026, 4, 1, 12) }

export function recording(
  samples: readonly Sample[],
  marks: readonly SeriesMark[] = [],
): Recording {
  return {
    subject: null,
    source: 'test',
    group: { subject: 'group', name: null, process: null, samples, marks },
    processes: [],
    regions: [],
    unknown: [],
  }
}

/** One sample for each value, in equal steps; the last one at `until`. */
export function samplesOf(
  values: readonly number[],
  figure: keyof Omit<Sample, 'at'>,
  { stepSeconds, until = NO_EVIDENCE.at }: { stepSeconds: number; until?: number },
): Sample[] {
  return values.map((value, index) => ({
    ...NO_SAMPLE,
    at: until - (values.length - 1 - index) * stepSeconds * 1_000,
    [figure]: value,
  }))
}

/** A wave of 2 MiB around a level: alive, and calm. */
export function calm(
  bytes: number,
  days: number,
  figure: 'unreclaimableBytes' | 'usageBytes' = 'unreclaimableBytes',
): Recording {
  const stepSeconds = days < 1 ? 60 : 600
  const count = Math.round((days * 86_400) / stepSeconds) + 1
  const values = Array.from({ length: count }, (_, index) => bytes + MIB * Math.sin(index))
  return recording(samplesOf(values, figure, { stepSeconds }))
}

/** The size by this evidence. */
export function sizeBy(evidence: Partial<SizingEvidence>, policy = DEFAULT_POLICY): Sizing {
  return sizeOf({ ...NO_EVIDENCE, ...evidence }, policy)
}

/** The name of the bound that decided. */
export function bindingOf(sizing: Sizing): string | undefined {
  return sizing.bounds.find(({ binds }) => binds)?.name
}
