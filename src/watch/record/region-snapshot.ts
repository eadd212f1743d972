import { GIB, MIB } from '../../model/bytes.ts'
import type { Region, RegionSnapshot } from '../../model/series.ts'
import type { Instant } from '../../model/time.ts'
import { parseSmaps } from '../../parsers/proc/smaps.ts'
import type { MemoryRegion } from '../../parsers/proc/smaps.ts'
import type { ProcessKey } from '../../parsers/series/recording-line.ts'
import { PATIENCE_MS, readLocked } from '../../sources/proc/index.ts'
import type { Reader } from '../../sources/reader.ts'

/** The kernel walks all page tables of a process for it and holds it up meanwhile, up to 40 ms for each GiB. */
export const MOST_RESIDENT_BYTES = 2 * GIB
/** A mapping takes some 800 bytes of text. */
const MAX_TEXT_BYTES = 32 * MIB
const MAX_REGIONS = 100

/**
 * The mappings of a process, those of one name together, the largest first. Null where the process is gone, may not be
 * looked into, or hangs in the kernel.
 */
export function takeRegions(reader: Reader, key: ProcessKey, at: Instant): RegionSnapshot | null {
  const read = readLocked(reader, key.pid, 'smaps', {
    maxBytes: MAX_TEXT_BYTES,
    patienceMs: PATIENCE_MS,
  })
  if (!read.ok) return null
  const regions = joined(parseSmaps(read.text).regions)
  if (regions.length === 0) return null
  return { at, pid: key.pid, startedAt: key.startedAt, regions }
}

function joined(mappings: readonly MemoryRegion[]): Region[] {
  const byName = new Map<string, Region>()
  for (const mapping of mappings) addTo(byName, nameOf(mapping), mapping)
  const largest = [...byName.values()].toSorted((a, b) => sizeOf(b) - sizeOf(a))
  return largest.slice(0, MAX_REGIONS)
}

function addTo(byName: Map<string, Region>, name: string, mapping: MemoryRegion): void {
  const region = byName.get(name) ?? { name, rssBytes: 0, anonBytes: 0, swapBytes: 0, mappings: 0 }
  region.rssBytes += mapping.rssBytes ?? 0
  region.anonBytes += mapping.anonymousBytes ?? 0
  region.swapBytes += mapping.swapBytes ?? 0
  region.mappings++
  byName.set(name, region)
}

/**
 * Mappings without a name grow together and downwards, so that their addresses change: those of one GiB of addresses count
 * as one region, which can be found again at a later moment.
 */
function nameOf({ name, start }: MemoryRegion): string {
  if (name !== '') return name
  return `anonymous ${(Math.floor(start / GIB) * GIB).toString(16)}`
}

function sizeOf({ rssBytes, swapBytes }: Region): number {
  return rssBytes + swapBytes
}
