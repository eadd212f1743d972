import { KIB } from '../../model/bytes.ts'
import { linesOf, detached } from '../lines.ts'

/** What stands for a stretch of a process's address space in /proc/PID/smaps. Sizes that are not there are null. */
export interface MemoryRegion {
  /** Page-aligned, so that even addresses above 2^53 are exact. */
  start: number
  /** The first address behind it. */
  end: number
  /** `rw-p`; `s` in the last place where it is shared. */
  permissions: string
  /** Where in the file it begins. */
  offset: number
  /** 0: no file is behind it. */
  inode: number
  /** Path of the file, `[heap]`, `[stack]`, `[anon:…]`; empty for memory without a name. */
  name: string
  rssBytes: number | null
  /** Pages that several processes map are divided among them. */
  pssBytes: number | null
  sharedCleanBytes: number | null
  sharedDirtyBytes: number | null
  privateCleanBytes: number | null
  privateDirtyBytes: number | null
  /** Pages that no file is behind: those of a private file mapping that were written to, too. */
  anonymousBytes: number | null
  /** Freed by MADV_FREE, and still there. */
  lazyFreeBytes: number | null
  anonHugeBytes: number | null
  shmemHugeBytes: number | null
  /** hugetlbfs pages, private and shared; not part of the resident size. */
  hugetlbBytes: number | null
  swapBytes: number | null
  lockedBytes: number | null
  /** VmFlags: `wr`, `gd` (grows down), `nr`, `hg`, …; empty where the kernel does not print them. */
  flags: readonly string[]
}

export interface Smaps {
  /** In the order of the file, which is that of the addresses. */
  regions: readonly MemoryRegion[]
  /** There were more than {@link MAX_REGIONS}. */
  truncated: boolean
}

type Size = {
  [K in keyof MemoryRegion]: MemoryRegion[K] extends number | null
    ? null extends MemoryRegion[K]
      ? K
      : never
    : never
}[keyof MemoryRegion]

/** vm.max_map_count is 65530 where nobody raised it. */
export const MAX_REGIONS = 200_000
const MAX_FLAG_SETS = 1_000

const HEADER =
  /^([0-9a-f]{1,16})-([0-9a-f]{1,16}) ([-rwxsp]{4}) ([0-9a-f]{1,16}) [0-9a-f]+:[0-9a-f]+ (\d{1,20})(?: +([^ ].*)?)?$/
const FIELD = /^(\w{1,40}): +(\d{1,15}) kB$/

const FIELDS: Readonly<Record<string, Size>> = {
  Rss: 'rssBytes',
  Pss: 'pssBytes',
  Shared_Clean: 'sharedCleanBytes',
  Shared_Dirty: 'sharedDirtyBytes',
  Private_Clean: 'privateCleanBytes',
  Private_Dirty: 'privateDirtyBytes',
  Anonymous: 'anonymousBytes',
  LazyFree: 'lazyFreeBytes',
  AnonHugePages: 'anonHugeBytes',
  ShmemPmdMapped: 'shmemHugeBytes',
  Shared_Hugetlb: 'hugetlbBytes',
  Private_Hugetlb: 'hugetlbBytes',
  Swap: 'swapBytes',
  Locked: 'lockedBytes',
}

/**
 * The regions of /proc/PID/smaps; of /proc/PID/maps, too, where every size is null. Never throws; lines that are no part of
 * such a file are left out. Where the text was cut, the last region lacks the sizes behind the cut.
 *
 * @see Documentation/filesystems/proc.rst
 */
export function parseSmaps(text: string): Smaps {
  const regions: MemoryRegion[] = []
  const names = new Map<string, string>()
  const flagSets = new Map<string, readonly string[]>()
  let region: MemoryRegion | null = null
  for (const { text: line } of linesOf(text)) {
    if (isField(line)) {
      if (region !== null) addField(region, line, flagSets)
      continue
    }
    region = regionOf(line, names)
    if (region === null) continue
    if (regions.length === MAX_REGIONS) return { regions, truncated: true }
    regions.push(region)
  }
  return { regions, truncated: false }
}

/** Sum over regions, in bytes; null where it is not known of one of them. */
export function totalOf(regions: Iterable<MemoryRegion>, size: Size): number | null {
  let sum = 0
  for (const region of regions) {
    const value = region[size]
    if (value === null) return null
    sum += value
  }
  return sum
}

/** Whether no file is behind a region: plain mmap, malloc, `[heap]`, stacks; a shared one counts as a file. */
export function isAnonymous(region: MemoryRegion): boolean {
  return region.inode === 0 && !/^\[v(?:dso|var|var_vclock|syscall)\]$|^\//.test(region.name)
}

/** Names of fields begin with a capital, addresses with a hexadecimal digit in small letters. */
function isField(line: string): boolean {
  const first = line.charCodeAt(0)
  return first >= 65 && first <= 90
}

function regionOf(line: string, names: Map<string, string>): MemoryRegion | null {
  const match = HEADER.exec(line)
  if (match === null) return null
  const start = Number.parseInt(match[1] ?? '', 16)
  const end = Number.parseInt(match[2] ?? '', 16)
  if (end < start) return null
  return {
    start,
    end,
    permissions: detached(match[3] ?? ''),
    offset: Number.parseInt(match[4] ?? '', 16),
    inode: Number(match[5]),
    name: kept(match[6] ?? '', names),
    rssBytes: null,
    pssBytes: null,
    sharedCleanBytes: null,
    sharedDirtyBytes: null,
    privateCleanBytes: null,
    privateDirtyBytes: null,
    anonymousBytes: null,
    lazyFreeBytes: null,
    anonHugeBytes: null,
    shmemHugeBytes: null,
    hugetlbBytes: null,
    swapBytes: null,
    lockedBytes: null,
    flags: [],
  }
}

/** One copy of each name: a library is mapped four times, and no name shall keep the whole text alive. */
function kept(name: string, names: Map<string, string>): string {
  const known = names.get(name)
  if (known !== undefined) return known
  const copy = detached(name)
  names.set(copy, copy)
  return copy
}

function addField(
  region: MemoryRegion,
  line: string,
  flagSets: Map<string, readonly string[]>,
): void {
  if (line.startsWith('VmFlags:')) {
    region.flags = flagsOf(line, flagSets)
    return
  }
  const match = FIELD.exec(line)
  if (match?.[1] === undefined || !Object.hasOwn(FIELDS, match[1])) return
  const size = FIELDS[match[1]]
  if (size === undefined) return
  const bytes = Number(match[2]) * KIB
  if (size === 'hugetlbBytes') region[size] = (region[size] ?? 0) + bytes
  // The kernel prints each once: what comes again is not its own.
  else region[size] ??= bytes
}

function flagsOf(line: string, flagSets: Map<string, readonly string[]>): readonly string[] {
  const known = flagSets.get(line)
  if (known !== undefined) return known
  const flags = (line.slice('VmFlags:'.length).match(/\b\w\w\b/g) ?? []).slice(0, 64).map(detached)
  if (flagSets.size < MAX_FLAG_SETS) flagSets.set(detached(line), flags)
  return flags
}
