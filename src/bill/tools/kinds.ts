import type { GroupFigures } from '../figures.ts'

/** The kinds of memory that tools add or leave out, under one name on both versions; null where memory.stat has no line. */
export interface Kinds {
  anonBytes: number | null
  /** Page cache without tmpfs. */
  cacheBytes: number | null
  shmemBytes: number | null
  /** Page cache and tmpfs together, as `cache` of v1 and `file` of v2 count them. */
  fileBytes: number | null
  /** That part of it which some process maps. */
  mappedBytes: number | null
  inactiveFileBytes: number | null
  activeFileBytes: number | null
  /** All that the kernel charges for itself. */
  kernelBytes: number | null
}

export function kindsOf({ version, stat, kmemBytes }: GroupFigures): Kinds {
  const of = (key: string): number | null => stat.get(key) ?? null
  const fileBytes = of(version === 1 ? 'cache' : 'file')
  const shmemBytes = of('shmem')
  return {
    anonBytes: of(version === 1 ? 'rss' : 'anon'),
    cacheBytes: fileBytes === null ? null : Math.max(0, fileBytes - (shmemBytes ?? 0)),
    shmemBytes,
    fileBytes,
    mappedBytes: of(version === 1 ? 'mapped_file' : 'file_mapped'),
    inactiveFileBytes: of('inactive_file'),
    activeFileBytes: of('active_file'),
    kernelBytes: version === 1 ? kmemBytes : (of('kernel') ?? namedKernelBytes(stat)),
  }
}

/** Before 5.18 memory.stat has no line for all of the kernel's memory. */
const KERNEL_LINES = ['slab', 'kernel_stack', 'pagetables', 'percpu', 'vmalloc']

function namedKernelBytes(stat: ReadonlyMap<string, number>): number | null {
  const known = KERNEL_LINES.map((key) => stat.get(key)).filter((value) => value !== undefined)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0)
}
