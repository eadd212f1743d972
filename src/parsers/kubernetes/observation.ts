import type { Observation } from '../../model/evidence.ts'
import type { Fact } from '../../model/facts.ts'
import type { Instant } from '../../model/time.ts'
import type { Origin } from '../format.ts'

import { excerptOf } from '../../model/evidence.ts'
import { detached } from '../lines.ts'

/**
 * Puts a fact of Kubernetes together with where it stands. An event without a time stays without one: the time of reading is not
 * the time of the event.
 */
export function observe<F extends Fact>(
  origin: Origin,
  seen: { fact: F; at: Instant | null; says: string; excerpt: string; line: number | null },
): Observation<F> {
  return {
    source: origin.source ?? 'kubernetes',
    at: seen.at,
    says: seen.says,
    excerpt: detached(excerptOf(seen.excerpt)),
    from: seen.line === null ? origin.from : `${origin.from}:${seen.line}`,
    fact: seen.fact,
  }
}
