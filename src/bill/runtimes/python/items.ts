import type { RuntimeItem } from '../../../model/bill.ts'
import { KIB, MIB } from '../../../model/bytes.ts'
import type { MemoryRegion } from '../../../parsers/proc/smaps.ts'
import type { PythonVersion } from './version.ts'
import { ARENA_BYTES, sizeOf } from '../regions.ts'
import type { KnownRegion } from '../regions.ts'
import { commonItems, ofKinds, regionItem } from '../smaps-view.ts'

export const SMALL_ITEM = 'small objects (pymalloc)'
export const HEAP_ITEM = 'malloc, [heap]'
export const ARENA_ITEM = 'malloc, arenas of threads'
export const LARGE_ITEM = 'large objects and other anonymous memory'

/** The areas of a Python process. */
export function pythonItems(
  regions: readonly KnownRegion[],
  version: PythonVersion | null,
  environment: ReadonlyMap<string, string>,
): RuntimeItem[] {
  const arenaBytes = arenaSize(version, environment)
  const anonymous = ofKinds(regions, 'anonymous')
  const isSmall = (region: MemoryRegion): boolean =>
    arenaBytes !== null && region.permissions === 'rw-p' && sizeOf(region) % arenaBytes === 0
  const arenas = ofKinds(regions, 'arena')
  const items = [
    regionItem(
      SMALL_ITEM,
      anonymous.filter(isSmall),
      `smaps: anonymous regions of a multiple of ${(arenaBytes ?? 0) / KIB} KiB; objects of up to 512 bytes`,
    ),
    regionItem(HEAP_ITEM, ofKinds(regions, 'heap'), 'smaps: [heap]; objects above 512 bytes'),
    regionItem(
      ARENA_ITEM,
      arenas,
      `smaps: regions at multiples of ${ARENA_BYTES / MIB} MiB (nr in VmFlags), ${arenaCount(arenas)} of them`,
    ),
    regionItem(
      LARGE_ITEM,
      anonymous.filter((region) => !isSmall(region)),
      'smaps: other anonymous regions; malloc maps blocks from 128 KiB on by themselves',
      { reservedBytes: null },
    ),
  ]
  return [...items.filter(({ bytes }) => bytes !== 0), ...commonItems(regions)]
}

/** Arenas of malloc that begin here. */
export function arenaCount(arenas: readonly MemoryRegion[]): number {
  return arenas.filter(({ start }) => start % ARENA_BYTES === 0).length
}

/**
 * What pymalloc takes at once; null where it is not at work.
 *
 * @see Objects/obmalloc.c, ARENA_BITS: 1 MiB since Python 3.10
 */
function arenaSize(
  version: PythonVersion | null,
  environment: ReadonlyMap<string, string>,
): number | null {
  if (version === null || version.freeThreaded) return null
  if (/^(?:malloc|mimalloc)/.test(environment.get('PYTHONMALLOC') ?? '')) return null
  return version.major > 3 || version.minor >= 10 ? MIB : 256 * KIB
}
