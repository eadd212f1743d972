import type { Growth } from '../../model/growth.ts'
import type { Region, RegionSnapshot } from '../../model/series.ts'

/** Less is no growth worth a name. */
const LEAST_BYTES = 1024 * 1024
const UNNAMED = 'anonymous'

/**
 * The region of a process that grew most between two snapshots of it; null where none grew by a MiB, or the snapshots are of
 * two processes: a PID is used again, a start is not.
 */
export function growingRegion(before: RegionSnapshot, after: RegionSnapshot): Growth['region'] {
  if (before.pid !== after.pid || before.startedAt !== after.startedAt) return null
  const earlier = sizes(before.regions)
  const later = sizes(after.regions)
  // The kernel joins a new mapping with its neighbour, which then has another address: what has none in the other snapshot
  // is compared as a whole.
  const grown = new Map<string, number>()
  for (const name of new Set([...earlier.keys(), ...later.keys()])) {
    const inBoth = earlier.has(name) && later.has(name)
    const known = inBoth || !name.startsWith(UNNAMED) ? name : UNNAMED
    const change = (later.get(name) ?? 0) - (earlier.get(name) ?? 0)
    grown.set(known, (grown.get(known) ?? 0) + change)
  }
  const most = [...grown].reduce<Growth['region']>(
    (found, [name, grownBytes]) =>
      grownBytes > (found?.grownBytes ?? 0) ? { name, grownBytes } : found,
    null,
  )
  return most !== null && most.grownBytes >= LEAST_BYTES ? most : null
}

/** What is in memory or swap, by name. */
function sizes(regions: readonly Region[]): Map<string, number> {
  const found = new Map<string, number>()
  for (const { name, rssBytes, swapBytes } of regions) {
    const bytes = rssBytes + swapBytes
    if (bytes >= 0 && bytes < Infinity) found.set(name, (found.get(name) ?? 0) + bytes)
  }
  return found
}
