import type { HeadroomPolicy } from '../model/sizing.ts'
import type { Instant } from '../model/time.ts'
import type { History } from './history.ts'
import type { Need } from './need.ts'
import { CALM_RATIO, DAY_SECONDS, LONG_HISTORY_SECONDS } from './policy.ts'
import { quantile, sortedNumbers } from './robust/quantile.ts'
import { percent, spanInWords } from './words.ts'

/** How much room is left above the need, and why. */
export interface Headroom {
  share: number
  says: string
}

/**
 * The less is known, the more room is left.
 *
 * @param since when the kernel's high-water mark began to count; null where there is none
 */
export function headroomOf(
  { needs, watchedSeconds }: History,
  since: Instant | null,
  at: Instant,
  policy: HeadroomPolicy,
): Headroom {
  const seconds = Math.max(watchedSeconds, since === null ? 0 : (at - since) / 1_000)
  const known =
    seconds === 0 ? 'it is known at one moment alone' : `${spanInWords(seconds)} are known`
  const tell = (share: number, why: string): Headroom => ({
    share,
    says: `${percent(share)} of room above that, as ${why}.`,
  })
  const { longHistory, usual, shortHistory } = policy
  if (longHistory === usual && usual === shortHistory) return tell(usual, 'it was asked for')
  if (seconds < DAY_SECONDS) return tell(shortHistory, `${known}, less than a day`)
  // A mark says how high it went, and not how often: only samples show that it is calm.
  if (watchedSeconds < LONG_HISTORY_SECONDS)
    return tell(usual, `${known}, less than a watched week`)
  const ratio = burstRatio(needs)
  return ratio < CALM_RATIO
    ? tell(longHistory, `${known} and it hardly varies`)
    : tell(usual, `${known}, and at times it needs ${ratio.toFixed(1)} times the usual`)
}

/** P99.9 over P50. */
function burstRatio(needs: readonly Need[]): number {
  const sorted = sortedNumbers(needs.map(({ bytes }) => bytes))
  const usual = quantile(sorted, 0.5)
  return usual > 0 ? quantile(sorted, 0.999) / usual : 1
}
