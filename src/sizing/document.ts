import type { Sizing } from '../model/sizing.ts'

/** The JSON document of a size, `stella.size/1`: names of the outside contract, times in RFC 3339 UTC, null for what is not known. */
export function sizingDocument(sizing: Sizing) {
  const { subject, growth, limitBytes, requestBytes, refused, because, ...rest } = sizing
  const { kind, diagnosis, secondsToLimit, slope, component, measure, perUnit, segment } = growth
  return {
    /** What `stella size --json` prints: the limit that it should have. */
    schema: 'stella.size/1' as const,
    subject,
    kind,
    diagnosis,
    limitBytes,
    requestBytes,
    refused,
    secondsToLimit,
    because,
    ...rest,
    growth: {
      /** 0 to 1. */
      confidence: growth.confidence,
      /** Of the floor of the segment. */
      bytesPerSecond: slope,
      component,
      measure,
      perUnit,
      process:
        growth.process === null ? null : { pid: growth.process.pid, name: growth.process.name },
      region: growth.region,
      segment:
        segment === null
          ? null
          : { from: timeOf(segment.from), to: timeOf(segment.to), samples: segment.samples },
    },
  }
}

function timeOf(at: number): string | null {
  return Math.abs(at) <= LAST_INSTANT ? new Date(at).toISOString() : null
}

/** Milliseconds at which JavaScript's dates end (ECMA-262, 21.4.1.1). */
const LAST_INSTANT = 8.64e15
