import type { Slope } from '../model/growth.ts'

/** How long it takes until a limit is reached if it goes on like this. */
export type TimeLeft =
  /** Not watched for long enough, or a figure is missing. */
  | { kind: 'unknown' }
  /** It does not grow, or so slowly that it takes more than a week. */
  | { kind: 'never' }
  /** It is there. */
  | { kind: 'now' }
  /** Between these; null: the growth may as well be chance, and end. */
  | { kind: 'seconds'; low: number; high: number | null }

/** A window of a minute says nothing about more than that. */
export const LONGEST_SECONDS = 7 * 86_400
/** The kernel charges each CPU up to 64 pages ahead (MEMCG_CHARGE_BATCH): a rise of less is none. */
const LEAST_RISE_BYTES = 256 * 1024
/** From here on growth is held back by the limit itself and shows no time any more. */
const FULL = 0.98

/** What is known about the way to one limit. */
export interface Approach {
  limitBytes: number
  /** What counts against it and cannot be reclaimed; null is not known. */
  usedBytes: number | null
  slope: Slope | null
  /** How long it was watched. */
  seconds: number
  /** True where the limit was reached since the last round; null is not known. */
  hit: boolean | null
}

/** The time until the limit is reached, as an interval: the slope is only known as one. */
export function timeLeft(approach: Approach): TimeLeft {
  const { limitBytes, usedBytes, slope } = approach
  if (usedBytes === null) return { kind: 'unknown' }
  const headroom = limitBytes - usedBytes
  if (headroom <= 0) return { kind: 'now' }
  if (approach.hit === true && usedBytes >= FULL * limitBytes) return { kind: 'now' }
  if (slope === null) return { kind: 'unknown' }
  if (slope.perSecond <= 0 || slope.high <= 0) return { kind: 'never' }
  if (slope.perSecond * approach.seconds < LEAST_RISE_BYTES) return { kind: 'never' }
  const low = headroom / slope.high
  if (low > LONGEST_SECONDS) return { kind: 'never' }
  const high = slope.low > 0 ? headroom / slope.low : null
  return { kind: 'seconds', low, high: high === null || high > LONGEST_SECONDS ? null : high }
}
