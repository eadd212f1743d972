import { KIB, MIB } from '../../model/bytes.ts'
import { isAnonymous } from '../../parsers/proc/smaps.ts'
import type { MemoryRegion } from '../../parsers/proc/smaps.ts'

/**
 * What a region is, as far as any program's can be told by its place, its name and its flags:
 * `program` with its libraries and their data, `file` mapped into memory, `shared` memory, `stack` of a thread, `heap` and `arena`
 * of malloc, and `anonymous` memory without a name.
 */
export type RegionKind = 'program' | 'file' | 'shared' | 'stack' | 'heap' | 'arena' | 'anonymous'

export interface KnownRegion {
  region: MemoryRegion
  kind: RegionKind
}

/** An arena of glibc's malloc for threads begins at a multiple of this: HEAP_MAX_SIZE in malloc/arena.c, on 64 bits. */
export const ARENA_BYTES = 64 * MIB
/** The largest stack that a thread has by default; before Linux 6.7 nothing marks one. */
const MAX_STACK_BYTES = 8 * MIB + 64 * KIB
const MAX_GUARD_BYTES = 64 * KIB
/** Data of a library that its file does not hold (.bss); memory of other kinds may grow on to it. */
const MAX_BSS_BYTES = 4 * MIB

/** Tells what each region is; in the order of the addresses. */
export function knownRegions(regions: readonly MemoryRegion[]): KnownRegion[] {
  const programs = programFiles(regions)
  const known: KnownRegion[] = []
  for (const [at, region] of regions.entries()) {
    known.push({ region, kind: kindOf(region, known[at - 1], programs) })
  }
  return known
}

/** What is resident of a region; a shared page counts with this process's share. */
export function residentBytes({ pssBytes, rssBytes }: MemoryRegion): number {
  return pssBytes ?? rssBytes ?? 0
}

export function sumResident(regions: Iterable<MemoryRegion>): number {
  let sum = 0
  for (const region of regions) sum += residentBytes(region)
  return sum
}

export function sizeOf({ start, end }: MemoryRegion): number {
  return end - start
}

/** Address space that nobody may touch yet. */
export function isReserved({ permissions }: MemoryRegion): boolean {
  return permissions.startsWith('---')
}

function kindOf(
  region: MemoryRegion,
  before: KnownRegion | undefined,
  programs: ReadonlySet<string>,
): RegionKind {
  const { name, permissions } = region
  if (name === '[heap]') return 'heap'
  if (name.startsWith('[stack')) return 'stack'
  if (permissions.endsWith('s')) return isShared(name) ? 'shared' : 'file'
  if (!isAnonymous(region)) {
    return name.startsWith('[') || programs.has(name) ? 'program' : 'file'
  }
  if (region.flags.includes('dc')) return 'anonymous'
  if (region.start % ARENA_BYTES === 0 && region.flags.includes('nr')) return 'arena'
  if (before === undefined || before.region.end !== region.start) return 'anonymous'
  // What is reserved above an arena is its own.
  if (before.kind === 'arena' && isReserved(region)) return 'arena'
  if (isStack(region, before.region)) return 'stack'
  return before.kind === 'program' && isBss(region, before.region) ? 'program' : 'anonymous'
}

/** Files of which some part may be executed, by their names: programs and libraries. */
function programFiles(regions: readonly MemoryRegion[]): Set<string> {
  const executable = regions.filter(({ permissions }) => permissions[2] === 'x')
  return new Set(executable.map(({ name }) => name).filter((name) => name.startsWith('/')))
}

function isShared(name: string): boolean {
  return /^(?:\/dev\/shm\/|\/dev\/zero|\/memfd:|\/SYSV|\[anon_shmem|$)/.test(name)
}

/** A stack has a guard below it; since Linux 6.7 it is never of huge pages (MAP_STACK). */
function isStack(region: MemoryRegion, below: MemoryRegion): boolean {
  if (!isReserved(below) || !isAnonymous(below) || sizeOf(below) > MAX_GUARD_BYTES) return false
  if (below.flags.includes('dc') || !region.permissions.startsWith('rw')) return false
  return sizeOf(region) <= MAX_STACK_BYTES || region.flags.includes('nh')
}

function isBss(region: MemoryRegion, below: MemoryRegion): boolean {
  return below.permissions.startsWith('rw') && sizeOf(region) <= MAX_BSS_BYTES
}
