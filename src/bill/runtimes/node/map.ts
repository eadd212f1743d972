import type { MemoryRegion } from '../../../parsers/proc/smaps.ts'
import { ARENA_BYTES, isReserved, sizeOf } from '../regions.ts'
import type { KnownRegion } from '../regions.ts'

/** What V8 keeps where; all else is the process's own. */
export interface NodeMap {
  heap: readonly MemoryRegion[]
  code: readonly MemoryRegion[]
  webAssembly: readonly MemoryRegion[]
  /** Memory that V8 reserved for something else, such as a buffer that may grow. */
  otherV8: readonly MemoryRegion[]
  rest: readonly KnownRegion[]
  /** Stacks of worker threads, which have a size of their own. */
  workers: number
}

const GUARDED_BYTES = 6 * 1024 ** 3
/** kStackBufferSize and the rest of a worker's stack: Worker::stack_size_ in src/node_worker.h. */
const WORKER_STACK_BYTES = 4 * 1024 ** 2

/**
 * Tells V8's memory from malloc's. V8 maps its pages by itself and, since Node 18, keeps them from children
 * (MADV_DONTFORK, `dc` in VmFlags); before that they are told by MAP_NORESERVE (`nr`), which only arenas of malloc have, too.
 * Heap pages stand alone; code stands in one range with what is executed, and the memory of a WebAssembly module in a range of
 * 8 GiB and more, so that no index leads out of it.
 */
export function nodeMap(regions: readonly KnownRegion[]): NodeMap {
  const keptFromChildren = regions.some(({ region }) => region.flags.includes('dc'))
  const isV8 = ({ region, kind }: KnownRegion): boolean =>
    keptFromChildren
      ? region.flags.includes('dc')
      : kind === 'anonymous' && region.flags.includes('nr') && region.start % ARENA_BYTES !== 0
  const places: Record<Place, MemoryRegion[]> = { heap: [], code: [], webAssembly: [], otherV8: [] }
  for (const range of rangesOf(regions.filter(isV8).map(({ region }) => region))) {
    const place = placeOf(range)
    for (const region of range) places[isExecuted(region) ? 'code' : place].push(region)
  }
  const rest = regions.filter((known) => !isV8(known))
  return { ...places, rest, workers: rest.filter(isWorkerStack).length }
}

type Place = 'heap' | 'code' | 'webAssembly' | 'otherV8'

/** Of all in the range that is not executed. */
function placeOf(range: readonly MemoryRegion[]): Place {
  if (range.reduce((sum, one) => sum + sizeOf(one), 0) >= GUARDED_BYTES) return 'webAssembly'
  if (range.some(isExecuted)) return 'code'
  return range.some(isReserved) ? 'otherV8' : 'heap'
}

/** Regions that follow each other without a gap. */
function* rangesOf(regions: readonly MemoryRegion[]): Generator<MemoryRegion[]> {
  let range: MemoryRegion[] = []
  for (const region of regions) {
    if (range.length > 0 && range.at(-1)?.end !== region.start) {
      yield range
      range = []
    }
    range.push(region)
  }
  if (range.length > 0) yield range
}

function isExecuted({ permissions }: MemoryRegion): boolean {
  return permissions[2] === 'x'
}

function isWorkerStack({ region, kind }: KnownRegion): boolean {
  return kind === 'stack' && sizeOf(region) === WORKER_STACK_BYTES
}
