import { KIB, MIB } from '../../../model/bytes.ts'
import { isAnonymous } from '../../../parsers/proc/smaps.ts'
import type { MemoryRegion } from '../../../parsers/proc/smaps.ts'

/** Where the resident memory of a JVM lies, told by addresses and names alone. Every resident byte is in one of them. */
export interface Residence {
  /** PSS, where the kernel tells it, else RSS. */
  totalBytes: number
  measure: 'Pss' | 'Rss'
  /** Null: nothing tells where the heap is. */
  heapBytes: number | null
  /** What `ps` adds up for the heap: ZGC without generations maps it three times. */
  heapRssBytes: number
  codeBytes: number
  stacks: { bytes: number; count: number }
  /** Archive of shared classes (CDS). */
  archiveBytes: number
  /** Programs and libraries with their data. */
  libraryBytes: number
  /** All other files: jars, mapped data, shared memory. */
  fileBytes: number
  /** malloc's heaps: `[heap]`, and those of glibc's further arenas. */
  arenas: { bytes: number; count: number }
  /** Anonymous memory without a name: what the JVM maps for itself, and what malloc maps by itself for large blocks. */
  mappings: { bytes: number; untouchedBytes: number }
  swapBytes: number
  hugetlbBytes: number
}

/** glibc, malloc/arena.c: a further arena has heaps of 64 MiB that begin at a multiple of it (HEAP_MAX_SIZE, 64 bit). */
const ARENA_BYTES = 64 * MIB
/** Guards are 4 KiB by glibc, 12 to 80 KiB by the JVM. */
const MAX_GUARD_BYTES = 128 * KIB
/** Data that follows the file's in memory (.bss) is anonymous. */
const MAX_BSS_BYTES = 4 * MIB

type Kind =
  | 'heap'
  | 'code'
  | 'stack'
  | 'archive'
  | 'library'
  | 'file'
  | 'arena'
  | 'mapping'
  | 'nothing'

/**
 * @param heapRange from GC.heap_info; null where it does not tell
 * @param stackBytes of one thread, its guards included
 */
export function residenceOf(
  regions: readonly MemoryRegion[],
  heapRange: { start: number; end: number } | null,
  stackBytes: number,
): Residence {
  const measure = regions.some(({ pssBytes }) => pssBytes !== null) ? 'Pss' : 'Rss'
  const sums: Record<Kind, number> = {
    heap: 0,
    code: 0,
    stack: 0,
    archive: 0,
    library: 0,
    file: 0,
    arena: 0,
    mapping: 0,
    nothing: 0,
  }
  const counts = { stack: 0, arena: 0 }
  const programs = programFiles(regions)
  let [heapRss, untouched, swap, hugetlb, total] = [0, 0, 0, 0, 0]
  let heapSeen = heapRange !== null
  let previous: Kind = 'nothing'
  for (const [at, region] of regions.entries()) {
    const share = region.pssBytes ?? region.rssBytes ?? 0
    const kind = kindOf(region, regions[at - 1], regions[at + 1], previous, programs)
    const inHeap = heapRange === null ? 0 : overlap(region, heapRange)
    const isHeap = kind === 'heap' || inHeap === 1
    heapSeen ||= kind === 'heap'
    // A region may have grown together with its neighbour: it is divided by its length.
    const arena = kind === 'mapping' ? arenaPart(region, regions[at + 1]) : 0
    const block = kind === 'stack' ? blockAbove(region, stackBytes) : 0
    const heap = isHeap ? 1 : inHeap
    sums.heap += share * heap
    sums.arena += share * (1 - heap) * arena
    sums[kind === 'heap' ? 'mapping' : kind] += share * (1 - heap) * (1 - arena) - block
    sums.mapping += block
    if (heap > 0) heapRss += (region.rssBytes ?? 0) * heap
    if (kind === 'stack') counts.stack += 1
    if (kind === 'arena' || arena > 0) counts.arena += 1
    if (kind === 'mapping') untouched += untouchedIn(region) * (1 - heap) * (1 - arena)
    swap += region.swapBytes ?? 0
    hugetlb += region.hugetlbBytes ?? 0
    total += share
    previous = kind
  }
  return {
    totalBytes: total,
    measure,
    heapBytes: heapSeen ? Math.round(sums.heap) : null,
    heapRssBytes: Math.round(heapRss),
    codeBytes: Math.round(sums.code),
    stacks: { bytes: Math.round(sums.stack), count: counts.stack },
    archiveBytes: Math.round(sums.archive),
    libraryBytes: Math.round(sums.library),
    fileBytes: Math.round(sums.file),
    arenas: { bytes: Math.round(sums.arena), count: counts.arena },
    mappings: { bytes: Math.round(sums.mapping), untouchedBytes: Math.round(untouched) },
    swapBytes: swap,
    hugetlbBytes: hugetlb,
  }
}

function kindOf(
  region: MemoryRegion,
  before: MemoryRegion | undefined,
  after: MemoryRegion | undefined,
  kindBefore: Kind,
  programs: ReadonlySet<string>,
): Kind {
  const { name, permissions } = region
  // ZGC keeps its heap in a file of memory.
  if (/^\/memfd:java_heap\b/.test(name)) return 'heap'
  if (!isAnonymous(region)) return fileKind(region, programs)
  if (name === '[stack]') return 'stack'
  if (name === '[heap]') return 'arena'
  if (permissions.startsWith('---')) return 'nothing'
  // Compiled code is the only thing that is written and executed.
  if (permissions.startsWith('rwx')) return 'code'
  if (isStack(region, before)) return 'stack'
  if (isBss(region, before, kindBefore)) return 'library'
  return after !== undefined && arenaPart(region, after) === 1 ? 'arena' : 'mapping'
}

function fileKind({ name }: MemoryRegion, programs: ReadonlySet<string>): Kind {
  const path = name.replace(/ \(deleted\)$/, '')
  if (path.endsWith('.jsa')) return 'archive'
  if (path.startsWith('[') || /\.so(?:\.[\d.]+)?$/.test(path) || programs.has(name))
    return 'library'
  return 'file'
}

/** Files that are executed somewhere. */
function programFiles(regions: readonly MemoryRegion[]): Set<string> {
  const executed = regions.filter(
    ({ permissions, name }) => permissions[2] === 'x' && name.startsWith('/'),
  )
  return new Set(executed.map(({ name }) => name))
}

/**
 * A thread's stack lies right above a guard page. Since Linux 6.7 MAP_STACK marks it, too (VM_NOHUGEPAGE), which still tells where
 * glibc 2.42 makes guards that are no regions of their own.
 */
function isStack(region: MemoryRegion, before: MemoryRegion | undefined): boolean {
  if (!region.permissions.startsWith('rw-p')) return false
  if (region.flags.includes('nh')) return true
  return (
    before !== undefined &&
    before.end === region.start &&
    before.permissions.startsWith('---p') &&
    isAnonymous(before) &&
    // What the JVM reserves is not accounted; a guard was once a part of the stack.
    !before.flags.includes('nr') &&
    before.end - before.start <= MAX_GUARD_BYTES &&
    before.end % ARENA_BYTES !== 0
  )
}

/**
 * Bytes of a large block of malloc that lies right above a stack: before Linux 6.7 the two are one region. A block is used as a
 * whole, a stack hardly at all.
 */
function blockAbove(region: MemoryRegion, stackBytes: number): number {
  const beyond = region.end - region.start - stackBytes
  const resident = region.pssBytes ?? region.rssBytes ?? 0
  return beyond > 0 && resident > 0.8 * beyond ? Math.min(resident, beyond) : 0
}

function isBss(region: MemoryRegion, before: MemoryRegion | undefined, kindBefore: Kind): boolean {
  return (
    kindBefore === 'library' &&
    before?.end === region.start &&
    region.end - region.start <= MAX_BSS_BYTES
  )
}

/**
 * Which part of a region is a heap of a malloc arena: the last of it, from a multiple of 64 MiB on, where the rest of these
 * 64 MiB is reserved behind it.
 */
function arenaPart(region: MemoryRegion, after: MemoryRegion | undefined): number {
  if (after === undefined || after.start !== region.end) return 0
  const length = after.end - after.start
  if (!after.permissions.startsWith('---p') || !isAnonymous(after)) return 0
  if (after.end % ARENA_BYTES !== 0 || length >= ARENA_BYTES) return 0
  const start = after.end - ARENA_BYTES
  if (region.start > start || !region.permissions.startsWith('rw-p')) return 0
  return (region.end - start) / (region.end - region.start)
}

function overlap(region: MemoryRegion, range: { start: number; end: number }): number {
  const length = region.end - region.start
  const common = Math.min(region.end, range.end) - Math.max(region.start, range.start)
  return length === 0 || common <= 0 ? 0 : common / length
}

function untouchedIn(region: MemoryRegion): number {
  if (region.permissions[1] !== 'w') return 0
  const touched = (region.rssBytes ?? 0) + (region.swapBytes ?? 0)
  return Math.max(0, region.end - region.start - touched)
}
