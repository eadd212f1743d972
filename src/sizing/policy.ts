import { MOST_OF_HOST } from '../advice/first-step.ts'
import { MIB } from '../model/bytes.ts'
import type { HeadroomPolicy } from '../model/sizing.ts'

export const DAY_SECONDS = 86_400

/** A week: long enough to have seen every day of it. */
export const LONG_HISTORY_SECONDS = 7 * DAY_SECONDS

/** Fewer samples than these have seen nothing yet. */
export const LEAST_SAMPLES = 10

/** The largest need over the usual one, below which a long history is called calm. */
export const CALM_RATIO = 1.3

/** What is used where nothing else is asked for; docs/explanation/headroom.md says why. */
export const DEFAULT_POLICY: HeadroomPolicy = {
  longHistory: 0.2,
  usual: 0.5,
  shortHistory: 1,
  // The constants of the Kubernetes VPA (logic/config, oom-bump-up-ratio and oom-min-bump-up), as a hard bound.
  killFactor: 1.2,
  killBytes: 100 * MIB,
  killExpiresSeconds: 14 * DAY_SECONDS,
  mostOfHost: MOST_OF_HOST,
  stepBytes: 16 * MIB,
  leastBytes: 16 * MIB,
  request: 0.05,
}

/** The same headroom whatever the history, as the user asked for it: 0.2 is a fifth more than the need. */
export function policyWithHeadroom(share: number): HeadroomPolicy {
  return { ...DEFAULT_POLICY, longHistory: share, usual: share, shortHistory: share }
}
