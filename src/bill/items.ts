import type { BillPart } from '../model/bill.ts'

/** What the processes of a group add to what its own files tell; null where none could be read. */
export interface ProcessTotals {
  pageTableBytes: number | null
  threads: number | null
}

export function sumOf(items: readonly { bytes: number }[]): number {
  return items.reduce((sum, { bytes }) => sum + bytes, 0)
}

/** Kernel stacks are THREAD_SIZE each: 16 KiB on x86-64 and arm64 (arch/x86/include/asm/page_64_types.h). */
export const THREAD_STACK_BYTES = 16 * 1024

/** Reads figures of a stat block; a key that is not there, or negative by an overflow, is null. */
export function reader(stat: ReadonlyMap<string, number>): (key: string) => number | null {
  return (key) => {
    const value = stat.get(key)
    return value === undefined || value < 0 ? null : value
  }
}

/** A part, or nothing where its size is not known or 0. */
export function part(name: string, bytes: number | null, source: string): BillPart[] {
  return bytes === null || bytes <= 0 ? [] : [{ name, bytes, source }]
}

export const SAYS = {
  anonymous: 'heaps, stacks and whatever else programs allocate; only swap takes it',
  pageCache: 'pages of files that were read or written; the kernel drops clean ones by itself',
  shmem:
    'tmpfs, /dev/shm and shared memory: stays until the files are deleted, even with no process left',
  slabReclaimable: 'names and inodes of files in use lately; the kernel drops them by itself',
  slabUnreclaimable: "the kernel's own objects for these processes",
  stacks: 'one stack in the kernel for each thread',
  pageTables: 'the maps from addresses to pages; they grow with every process that maps the same',
  perCpu: "the kernel's counters, one set for each CPU",
  vmalloc: 'larger pieces of kernel memory, such as those of BPF and of packet filters',
  sockets: 'data that waits in the buffers of sockets',
  zswap: 'pages that are swapped out into compressed memory',
  kernel: "the kernel's memory for these processes that has no counter of its own",
  swapCache: 'pages that were read back from swap and still have their place there',
  hugetlb: 'huge pages of hugetlbfs',
} as const
