import type { BillItem } from '../model/bill.ts'
import type { GroupFigures } from './figures.ts'
import { SAYS, THREAD_STACK_BYTES } from './items.ts'
import type { ProcessTotals } from './items.ts'
import { userItems } from './user-items.ts'
import type { UserKeys } from './user-items.ts'

/**
 * The charge of a cgroup v1. Its memory.stat tells user memory alone; memory.kmem.usage_in_bytes is all of the kernel's part,
 * of which the processes themselves tell their page tables and stacks.
 */
export function itemsOfV1(figures: GroupFigures, totals: ProcessTotals): BillItem[] {
  return [...userItems(figures.stat, KEYS), ...kernelItems(figures.kmemBytes, totals)]
}

const KEYS: UserKeys = {
  // `rss` is anonymous memory here, and no resident set size (Documentation/admin-guide/cgroup-v1/memory.rst).
  anonymous: 'rss',
  anonymousHuge: 'rss_huge',
  cache: 'cache',
  shmem: 'shmem',
  shmemHuge: null,
  dirty: 'dirty',
  writeback: 'writeback',
  mapped: 'mapped_file',
  source: 'memory.stat total_',
}

function kernelItems(kmemBytes: number | null, totals: ProcessTotals): BillItem[] {
  const room = kmemBytes ?? Number.POSITIVE_INFINITY
  const pageTables = Math.min(totals.pageTableBytes ?? 0, room)
  const stacks = Math.min((totals.threads ?? 0) * THREAD_STACK_BYTES, room - pageTables)
  const named: BillItem[] = [
    {
      name: 'page tables',
      bytes: pageTables,
      source: 'VmPTE of all processes',
      reclaimable: 'no',
      says: SAYS.pageTables,
      parts: [],
    },
    {
      name: 'kernel stacks',
      bytes: stacks,
      source: 'threads of all processes, 16 KiB each',
      reclaimable: 'no',
      says: SAYS.stacks,
      parts: [],
    },
  ]
  if (kmemBytes === null) return named
  return [
    ...named,
    {
      name: 'slab and other kernel memory',
      bytes: kmemBytes - pageTables - stacks,
      source: 'memory.kmem.usage_in_bytes, less what is named above',
      reclaimable: 'no',
      says: `${SAYS.kernel}; cgroup v1 does not tell how much of it could be given back`,
      parts: [],
    },
  ]
}
