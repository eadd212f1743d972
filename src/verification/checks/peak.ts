import { formatBytes } from '../../model/bytes.ts'
import type { Sample } from '../../model/series.ts'
import { largestOf } from '../../model/extremes.ts'
import type { Check } from '../check.ts'
import { ownBytes } from '../own-bytes.ts'
import { hasEnded, lastLook } from '../seen.ts'
import type { Seen } from '../seen.ts'

/** Share of the limit above which the next burst may end it. */
export const WARNING_SHARE = 0.8

/**
 * The kernel's own mark misses nothing, but counts page cache, too, which fills any limit in time. So a mark below the line
 * proves it, and one above it leaves the question to what reclaim cannot take, sampled while we looked.
 */
export const peak: Check = {
  name: 'peak below the warning line',
  needed: true,
  judge(seen) {
    const { limit } = lastLook(seen)
    if (seen.isMachine || limit === 'none') return null
    if (limit === null) {
      const actual = hasEnded(seen) ? 'it does not run' : 'there is no limit to compare with'
      return { ok: null, actual, expected: 'below 80 % of the limit' }
    }
    const line = Math.floor(limit * WARNING_SHARE)
    const expected = `at most ${formatBytes(line)}, 80 % of the limit`
    const kernel = lastLook(seen).sample?.peakBytes ?? null
    if (kernel !== null && kernel <= line) {
      return {
        ok: true,
        actual: `${formatBytes(kernel)}, the kernel's mark of this life`,
        expected,
      }
    }
    const sampled = sampledPeak(seen)
    if (sampled === null) return { ok: null, actual: 'not known', expected }
    const cache =
      kernel === null
        ? ''
        : `; the kernel's mark, which counts page cache and what came before, is ${formatBytes(kernel)}`
    const isBelow = sampled.bytes <= line
    const actual = `${formatBytes(sampled.bytes)} of ${sampled.measure}${isBelow ? cache : ''}`
    // How much of what is in use could be dropped is not told there: below the line it proves something, above it nothing.
    if (sampled.measure === IN_USE && !isBelow) {
      return { ok: null, actual: `${actual}, page cache and all`, expected }
    }
    return { ok: isBelow, actual, expected }
  },
}

const IN_USE = 'memory in use'

/** Own memory where the kernel tells it; else the working set, which counts page cache in use, too. */
function sampledPeak({ looks }: Seen): { bytes: number; measure: string } | null {
  const samples = looks.flatMap(({ sample }) => sample ?? [])
  const measures = [
    { measure: 'memory of its own', of: ownBytes },
    { measure: 'working set', of: ({ workingSetBytes }: Sample) => workingSetBytes },
    { measure: IN_USE, of: ({ usageBytes }: Sample) => usageBytes },
  ]
  for (const { measure, of } of measures) {
    const values = samples.flatMap((sample) => of(sample) ?? [])
    if (values.length > 0) return { bytes: largestOf(values), measure }
  }
  return null
}
