import type { RuntimeItem } from '../../../model/bill.ts'
import { formatBytes, MIB } from '../../../model/bytes.ts'
import type { ProcessState } from '../../../model/facts.ts'
import type { MemoryRegion } from '../../../parsers/proc/smaps.ts'
import { sumKnown } from '../../processes.ts'
import { ARENA_ITEM, arenaCount, HEAP_ITEM, LARGE_ITEM, SMALL_ITEM } from './items.ts'
import { workersOf } from '../relatives.ts'
import type { RuntimeContext } from '../runtime.ts'
import { ofKinds } from '../smaps-view.ts'
import type { MemoryMap } from '../smaps-view.ts'

export interface PythonInsight {
  process: ProcessState
  context: RuntimeContext
  map: MemoryMap
  items: readonly RuntimeItem[]
  environment: ReadonlyMap<string, string>
}

/** Below this an area is not worth a sentence. */
const WORTH_BYTES = 64 * MIB
const WORTH_SHARE = 0.4

/** What stands out in a Python process, the gravest first. */
export function pythonFindings(insight: PythonInsight): string[] {
  if (insight.items.length === 0) return []
  return [
    threadArenas(insight),
    forkedWorkers(insight),
    inherited(insight),
    smallObjects(insight),
    mallocHeap(insight),
    debugging(insight),
    otherAllocator(insight),
  ].filter((finding) => finding !== null)
}

/** Each thread may open an arena of its own; what it frees there stays there. */
function threadArenas({ map, items, environment }: PythonInsight): string | null {
  const count = arenaCount(ofKinds(map.regions, 'arena'))
  const bytes = bytesOf(items, ARENA_ITEM)
  if (count < 2 || bytes < WORTH_BYTES) return null
  const most = environment.get('MALLOC_ARENA_MAX')
  const cure =
    most === undefined
      ? 'malloc opens up to 8 for each core of the machine, whatever the limit: MALLOC_ARENA_MAX=2 bounds that.'
      : `MALLOC_ARENA_MAX=${most} bounds their number.`
  return `${count} arenas of malloc hold ${formatBytes(bytes)} for threads. What threads free stays in them for the next use and still counts as resident: growth here while tracemalloc stays flat is retention, not a leak. ${cure}`
}

function smallObjects({ items }: PythonInsight): string | null {
  const bytes = bytesOf(items, SMALL_ITEM)
  if (!isLarge(items, bytes)) return null
  return `${formatBytes(bytes)} is arenas for small objects. One is given back when every object in it is gone: after a peak, few survivors keep much. Which of it is alive cannot be seen from outside: tracemalloc inside tells who allocated it, sys._debugmallocstats() how full the arenas are.`
}

function mallocHeap({ items, environment, map }: PythonInsight): string | null {
  const bytes = bytesOf(items, HEAP_ITEM) + bytesOf(items, LARGE_ITEM)
  if (!isLarge(items, bytes)) return null
  const trim =
    environment.has('MALLOC_TRIM_THRESHOLD_') || !isGlibc(map)
      ? ''
      : ' If tracemalloc shows far less, it is freed and not given back: ctypes.CDLL("libc.so.6").malloc_trim(0) shows by how much, and MALLOC_TRIM_THRESHOLD_=131072 keeps glibc from raising its thresholds.'
  return `${formatBytes(bytes)} is malloc's: objects above 512 bytes, such as bytes, lists and arrays, and native modules.${trim}`
}

function isGlibc({ regions }: MemoryMap): boolean {
  return regions.some(({ region }) => /\/libc(?:\.so\.6|-2\.\d+\.so)$/.test(region.name))
}

/** Seen from the master: what its children still map of its memory is shared. */
function forkedWorkers({ process, context, map }: PythonInsight): string | null {
  const workers = workersOf(process, context.processes)
  if (workers.length === 0) return null
  const pss = sumKnown(workers.map(({ pssBytes }) => pssBytes))
  const total = pss === null ? '' : `, ${formatBytes(pss)} together`
  const { own, shared } = writable(map)
  const count = workers.length === 1 ? '1 worker' : `${workers.length} workers`
  const fate =
    own + shared < WORTH_BYTES / 2
      ? ''
      : ` Of ${formatBytes(own + shared)} of its own memory they still share ${formatBytes(shared)}.${shared > own ? '' : ` ${BROKEN}`}`
  return `It has ${count} like itself${total}; the largest is looked into.${fate}`
}

/** Seen from a worker: what it has copied is its own. */
function inherited({ process, context, map }: PythonInsight): string | null {
  const master = context.processes.find(({ pid }) => pid === process.parentPid)
  if (master === undefined || !workersOf(master, [process]).includes(process)) return null
  const { own, shared } = writable(map)
  if (own + shared < WORTH_BYTES / 2) return null
  return `It is a worker of process ${master.pid}: ${formatBytes(shared)} of its memory is still shared, and ${formatBytes(own)} is its own.${own > shared ? ` ${BROKEN}` : ''}`
}

const BROKEN =
  'A fork shares memory until one side writes, and Python writes a count into each object that it only looks at. gc.freeze() before the fork spares what the collector would write; what is no object of Python (a mapped file, multiprocessing.shared_memory) stays shared for good.'

/** Memory that is no file's: what this process alone has, and what it has in common with others after a fork. */
function writable({ regions }: MemoryMap): { own: number; shared: number } {
  const anonymous = ofKinds(regions, 'heap', 'arena', 'anonymous')
  return {
    own: sum(anonymous, ({ privateCleanBytes, privateDirtyBytes }) => [
      privateCleanBytes,
      privateDirtyBytes,
    ]),
    shared: sum(anonymous, ({ sharedCleanBytes, sharedDirtyBytes }) => [
      sharedCleanBytes,
      sharedDirtyBytes,
    ]),
  }
}

function sum(
  regions: readonly MemoryRegion[],
  sizes: (region: MemoryRegion) => readonly (number | null)[],
): number {
  return regions.reduce((total, region) => total + (sumKnown(sizes(region)) ?? 0), 0)
}

/** Aids that cost memory themselves. */
function debugging({ environment }: PythonInsight): string | null {
  const set = ['PYTHONTRACEMALLOC', 'PYTHONDEVMODE', 'PYTHONMALLOC'].filter((name) =>
    /^(?:[1-9]|debug|malloc_debug|pymalloc_debug)/.test(environment.get(name) ?? ''),
  )
  if (set.length === 0) return null
  const words = set.map((name) => `${name}=${environment.get(name)}`).join(' and ')
  return `${words} is set: it keeps records of its own for each block of memory, which this bill cannot tell from the program's.`
}

function otherAllocator({ map, environment }: PythonInsight): string | null {
  const allocator = map.regions
    .map(({ region }) => /\/lib(jemalloc|tcmalloc|mimalloc)[\w.-]*\.so/.exec(region.name)?.[1])
    .find((name) => name !== undefined)
  if (allocator === undefined) return null
  const how = environment.has('LD_PRELOAD') ? ' (LD_PRELOAD)' : ''
  return `${allocator}${how} stands in for malloc: what it holds is under "${LARGE_ITEM}", and MALLOC_ variables of glibc do nothing.`
}

function bytesOf(items: readonly RuntimeItem[], wanted: string): number {
  return items.find(({ name }) => name === wanted)?.bytes ?? 0
}

function isLarge(items: readonly RuntimeItem[], bytes: number): boolean {
  const all = items.reduce((total, item) => total + (item.bytes ?? 0), 0)
  return bytes >= WORTH_BYTES && bytes >= WORTH_SHARE * all
}
