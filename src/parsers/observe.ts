import { excerptOf } from '../model/evidence.ts'
import type { EvidenceSource, Observation } from '../model/evidence.ts'
import type { Fact } from '../model/facts.ts'
import type { Instant } from '../model/time.ts'
import type { Origin } from './format.ts'
import { detached } from './lines.ts'

/** What one text may say at most: an event log of months must not fill the memory. The newest are kept. */
export const MAX_OBSERVATIONS = 10_000

/** An observation of a text. A live source's own name and time of reading win over what the format assumes. */
export function observation<F extends Fact>(
  origin: Origin,
  seen: {
    source: EvidenceSource
    at?: Instant | null
    /** Null: the file as a whole. */
    line?: number | null
    says: string
    excerpt: string
    fact: F
  },
): Observation<F> {
  return {
    source: origin.source ?? seen.source,
    at: seen.at ?? origin.readAt,
    says: seen.says,
    excerpt: detached(excerptOf(seen.excerpt)),
    from: typeof seen.line === 'number' ? `${origin.from}:${seen.line}` : origin.from,
    fact: seen.fact,
  }
}

/** Adds and, once there are twice too many, lets the oldest go. */
export function keepNewest<T>(list: T[], item: T, most = MAX_OBSERVATIONS): void {
  list.push(item)
  if (list.length >= 2 * most) list.splice(0, list.length - most)
}
