import type { BillItem, Reclaimable } from '../model/bill.ts'
import type { GroupFigures } from './figures.ts'
import { reader, SAYS, sumOf, THREAD_STACK_BYTES } from './items.ts'
import type { ProcessTotals } from './items.ts'
import { userItems } from './user-items.ts'
import type { UserKeys } from './user-items.ts'

/** Figures below `kernel` of memory.stat (mm/memcontrol.c, Documentation/admin-guide/cgroup-v2.rst). */
const KERNEL: readonly [key: string, name: string, reclaimable: Reclaimable, says: string][] = [
  ['slab_reclaimable', 'slab, reclaimable', 'yes', SAYS.slabReclaimable],
  ['slab_unreclaimable', 'slab, unreclaimable', 'no', SAYS.slabUnreclaimable],
  ['kernel_stack', 'kernel stacks', 'no', SAYS.stacks],
  ['pagetables', 'page tables', 'no', SAYS.pageTables],
  ['sec_pagetables', 'page tables of virtual machines', 'no', SAYS.pageTables],
  ['percpu', 'per-CPU', 'no', SAYS.perCpu],
  ['vmalloc', 'vmalloc', 'no', SAYS.vmalloc],
  ['zswap', 'zswap', 'no', SAYS.zswap],
]

/** The charge of a cgroup v2 by memory.stat. */
export function itemsOfV2({ stat }: GroupFigures, totals: ProcessTotals): BillItem[] {
  const of = reader(stat)
  const kernel = KERNEL.flatMap(([key, name, reclaimable, says]): BillItem[] => {
    const bytes = of(key) ?? fromProcesses(key, totals)
    if (bytes === null) return []
    const source = of(key) === null ? ESTIMATES[key] : undefined
    return [{ name, bytes, source: source ?? `memory.stat ${key}`, reclaimable, says, parts: [] }]
  })
  return [
    ...userItems(stat, KEYS),
    ...kernel,
    ...other(of('kernel'), sumOf(kernel)),
    {
      name: 'sockets',
      bytes: of('sock') ?? 0,
      source: 'memory.stat sock',
      reclaimable: 'no',
      says: SAYS.sockets,
      parts: [],
    },
    {
      // Only where cgroup2 is mounted with memory_hugetlb_accounting (6.7).
      name: 'huge pages of hugetlbfs',
      bytes: of('hugetlb') ?? 0,
      source: 'memory.stat hugetlb',
      reclaimable: 'no',
      says: SAYS.hugetlb,
      parts: [],
    },
  ]
}

const KEYS: UserKeys = {
  anonymous: 'anon',
  anonymousHuge: 'anon_thp',
  cache: 'file',
  shmem: 'shmem',
  shmemHuge: 'shmem_thp',
  dirty: 'file_dirty',
  writeback: 'file_writeback',
  mapped: 'file_mapped',
  source: 'memory.stat ',
}

const ESTIMATES: Readonly<Record<string, string>> = {
  pagetables: 'VmPTE of all processes',
  kernel_stack: 'threads of all processes, 16 KiB each',
}

/** `pagetables` came with 5.11: before it, the processes tell. */
function fromProcesses(key: string, totals: ProcessTotals): number | null {
  if (key === 'pagetables') return totals.pageTableBytes
  if (key === 'kernel_stack' && totals.threads !== null) return totals.threads * THREAD_STACK_BYTES
  return null
}

/** `kernel` (5.18) is all of it: buffers of pipes, keys and the like have no figure of their own. */
function other(kernelBytes: number | null, namedBytes: number): BillItem[] {
  if (kernelBytes === null) return []
  return [
    {
      name: 'other kernel memory',
      bytes: Math.max(0, kernelBytes - namedBytes),
      source: 'memory.stat kernel, less what is named above',
      reclaimable: 'no',
      says: SAYS.kernel,
      parts: [],
    },
  ]
}
