import { GIB, MIB } from '../../../model/bytes.ts'
import type { MemoryRegion } from '../../../parsers/proc/smaps.ts'
import { isReserved } from '../regions.ts'
import type { KnownRegion } from '../regions.ts'

export interface GoMap {
  /** Arenas of the heap; stacks of goroutines are in them. */
  heap: readonly MemoryRegion[]
  /** Other anonymous memory: the runtime's own structures, and what was mapped past it. */
  other: readonly MemoryRegion[]
  /** [heap] and arenas of malloc: C code. */
  malloc: readonly MemoryRegion[]
  rest: readonly KnownRegion[]
  /** The heap begins where Go puts it, and nobody else. */
  atKnownPlace: boolean
}

/** heapArenaBytes in src/runtime/malloc.go, for 64 bits but Windows. */
const HEAP_ARENA_BYTES = 64 * MIB
/** The first hint for an arena up to Go 1.25; then it is drawn by lot. */
const FIRST_HINT = 0xc0 * 4 * GIB

/**
 * Tells the arenas of a Go heap: ranges of anonymous memory, partly reserved, that begin and end at multiples of 64 MiB. Those of
 * glibc's malloc are mapped with MAP_NORESERVE, Go's are not. Where the kernel names such memory, Go does so since 1.25.
 */
export function goMap(regions: readonly KnownRegion[]): GoMap {
  const heap = new Set<MemoryRegion>()
  for (const range of rangesOf(regions)) {
    if (isArena(range)) for (const region of range) heap.add(region)
  }
  for (const { region } of regions) {
    if (/^\[anon: ?Go: heap/.test(region.name)) heap.add(region)
  }
  const others = regions.filter(({ region }) => !heap.has(region))
  const of = (...kinds: readonly KnownRegion['kind'][]): MemoryRegion[] =>
    others.filter(({ kind }) => kinds.includes(kind)).map(({ region }) => region)
  return {
    heap: [...heap],
    other: of('anonymous'),
    malloc: of('heap', 'arena'),
    rest: others,
    atKnownPlace: [...heap].some(({ start }) => start === FIRST_HINT),
  }
}

function isArena(range: readonly MemoryRegion[]): boolean {
  const [first, last] = [range[0], range.at(-1)]
  if (first === undefined || last === undefined || range.every(isReserved)) return false
  return first.start % HEAP_ARENA_BYTES === 0 && last.end % HEAP_ARENA_BYTES === 0
}

/** Anonymous regions that follow each other without a gap. */
function* rangesOf(regions: readonly KnownRegion[]): Generator<MemoryRegion[]> {
  let range: MemoryRegion[] = []
  for (const { region, kind } of regions) {
    const fits = kind === 'anonymous' && !region.flags.includes('nr')
    if (range.length > 0 && !(fits && range.at(-1)?.end === region.start)) {
      yield range
      range = []
    }
    if (fits) range.push(region)
  }
  if (range.length > 0) yield range
}
