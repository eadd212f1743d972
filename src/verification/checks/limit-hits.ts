import { largestOf } from '../../model/extremes.ts'
import type { Check } from '../check.ts'
import { ownBytes } from '../own-bytes.ts'
import { countsSinceChange, firstLook, hasEnded, lastLook } from '../seen.ts'
import type { Look, Seen } from '../seen.ts'
import { WARNING_SHARE } from './peak.ts'

/** Page cache runs against every limit and is dropped there; the program's own memory is not. */
export const limitHits: Check = {
  name: 'limit not reached by its own memory',
  needed: false,
  judge(seen) {
    if (seen.isMachine) return null
    const expected = 'the limit is not reached, or by page cache alone'
    const hits = hitsIn(seen)
    if (hits === null) {
      const actual = hasEnded(seen) ? 'it does not run' : 'the kernel does not count it here'
      return { ok: null, actual, expected }
    }
    if (hits === 0) return { ok: true, actual: 'not reached', expected }
    const share = largestOf(seen.looks.map(ownShare))
    const percent = `${Math.round(share * 100)} %`
    return share >= WARNING_SHARE
      ? { ok: false, actual: `reached ${hits} times, with ${percent} its own memory`, expected }
      : { ok: true, actual: `reached ${hits} times by page cache; ${percent} is its own`, expected }
  },
}

function hitsIn(seen: Seen): number | null {
  const now = lastLook(seen).sample?.limitHits ?? null
  const first = countsSinceChange(seen) ? 0 : (firstLook(seen).sample?.limitHits ?? null)
  if (now === null || first === null) return null
  return Math.max(0, now - first)
}

function ownShare({ sample, limit }: Look): number {
  const own = sample === null ? 0 : (ownBytes(sample) ?? sample.anonBytes ?? 0)
  return typeof limit === 'number' && limit > 0 ? own / limit : 0
}
