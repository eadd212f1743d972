import type { BillItem, Reclaimable } from '../model/bill.ts'
import type { HostMemory } from '../model/facts.ts'
import { part, reader, SAYS, sumOf } from './items.ts'
import type { Account } from './process-bill.ts'

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
export function accountOfHost(memory: HostMemory): Account | null {
  const { totalBytes, freeBytes } = memory
  if (totalBytes === null || freeBytes === null) return null
  const of = reader(memory.fields)
  const items = LINES.map(([keys, name, reclaimable, says]): BillItem => ({
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
  })).filter(({ bytes }) => bytes > 0)
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
