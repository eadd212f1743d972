import type { BillItem, Reclaimable } from '../model/bill.ts'
import type { HostMemory, HostState } from '../model/facts.ts'
import { CPU_FREE_PAGES } from '../parsers/proc/zoneinfo.ts'
import { part, reader, SAYS, sumOf } from './items.ts'
import type { Account } from './account.ts'

/** Lines of /proc/meminfo that do not overlap (Documentation/filesystems/proc.rst), so that they can be added. */
const LINES: readonly [keys: string, name: string, reclaimable: Reclaimable, says: string][] = [
  ['AnonPages', 'anonymous', 'swap', SAYS.anonymous],
  ['Cached - Shmem + Buffers', 'page cache', 'yes', SAYS.pageCache],
  ['Shmem', 'shared memory and tmpfs', 'swap', SAYS.shmem],
  ['SwapCached', 'swap cache', 'yes', SAYS.swapCache],
  ['SReclaimable', 'slab, reclaimable', 'yes', SAYS.slabReclaimable],
  ['SUnreclaim', 'slab, unreclaimable', 'no', SAYS.slabUnreclaimable],
  ['KernelStack', 'kernel stacks', 'no', SAYS.stacks],
  ['PageTables', 'page tables', 'no', SAYS.pageTables],
  ['SecPageTables', 'page tables of virtual machines', 'no', SAYS.pageTables],
  ['Percpu', 'per-CPU', 'no', SAYS.perCpu],
  ['VmallocUsed - KernelStack', 'vmalloc', 'no', SAYS.vmalloc],
  ['Hugetlb', 'huge pages of hugetlbfs', 'no', SAYS.hugetlb],
]

/** The account of the machine: all that is not free. Null where meminfo does not tell its total. */
export function accountOfHost(memory: HostMemory, states: readonly HostState[]): Account | null {
  const { totalBytes, freeBytes } = memory
  if (totalBytes === null || freeBytes === null) return null
  const of = reader(memory.fields)
  const named = LINES.map(([keys, name, reclaimable, says]): BillItem => ({
    name,
    bytes: evaluate(keys, of),
    source: `/proc/meminfo ${keys}`,
    reclaimable,
    says,
    parts:
      name === 'page cache'
        ? [
            ...part('inactive', of('Inactive(file)'), '/proc/meminfo Inactive(file)'),
            ...part('active', of('Active(file)'), '/proc/meminfo Active(file)'),
            ...part('dirty', of('Dirty'), '/proc/meminfo Dirty'),
            ...part('in writeback', of('Writeback'), '/proc/meminfo Writeback'),
            ...part('mapped', of('Mapped'), '/proc/meminfo Mapped'),
          ]
        : name === 'anonymous'
          ? part('transparent huge pages', of('AnonHugePages'), '/proc/meminfo AnonHugePages')
          : [],
  }))
  const items = [...named, ...keptByCpus(memory, states)].filter(({ bytes }) => bytes > 0)
  const chargeBytes = totalBytes - freeBytes
  const swap =
    memory.swapTotalBytes === null || memory.swapFreeBytes === null
      ? null
      : memory.swapTotalBytes - memory.swapFreeBytes
  return {
    chargeBytes,
    chargeSource: '/proc/meminfo MemTotal - MemFree',
    items,
    beside: part('swapped out', swap, '/proc/meminfo SwapTotal - SwapFree'),
    unattributedBytes: chargeBytes - sumOf(items),
  }
}

/** `A - B + C`; a line that this kernel does not print counts as 0. */
function evaluate(keys: string, of: (key: string) => number | null): number {
  let sum = 0
  let sign = 1
  for (const word of keys.split(' ')) {
    if (word === '+' || word === '-') sign = word === '-' ? -1 : 1
    else sum += sign * (of(word) ?? 0)
  }
  return Math.max(0, sum)
}

/** Pages that are free in truth: each CPU keeps some at hand, and meminfo does not count those as free. */
function keptByCpus(memory: HostMemory, states: readonly HostState[]): BillItem[] {
  const counter = (name: string): number | null =>
    states.find(({ vmstat }) => vmstat.has(name))?.vmstat.get(name) ?? null
  const pages = counter(CPU_FREE_PAGES)
  const pageBytes = pageSize(memory.fields.get('Mapped') ?? null, counter('nr_mapped'))
  if (pages === null || pageBytes === null) return []
  return [
    {
      name: 'free, kept by the CPUs',
      bytes: pages * pageBytes,
      source: '/proc/zoneinfo pagesets count',
      reclaimable: 'yes',
      says: 'pages that each CPU keeps at hand: free in truth, though MemFree leaves them out',
      parts: [],
    },
  ]
}

/** No file tells the size of a page; one figure in bytes and in pages does, though it was read twice. */
function pageSize(bytes: number | null, pages: number | null): number | null {
  if (bytes === null || pages === null || bytes <= 0 || pages <= 0) return null
  return 2 ** Math.round(Math.log2(bytes / pages))
}
