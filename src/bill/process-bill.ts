import type { BillItem } from '../model/bill.ts'
import type { ProcessState } from '../model/facts.ts'
import type { Account } from './account.ts'
import { part, SAYS, sumOf, THREAD_STACK_BYTES } from './items.ts'

/**
 * The account of one process. Nothing is charged to a process by itself: what it maps is divided among all that map it (PSS),
 * and what the kernel keeps for it is added. Without the right to read smaps_rollup its resident set stands for it, shared
 * pages counted in full. Null where the process tells neither: a kernel thread, or one that is about to go.
 */
export function accountOfProcess(process: ProcessState): Account | null {
  const mapped = byShare(process) ?? byResidence(process)
  if (mapped === null) return null
  const pageTables = process.pageTableBytes ?? 0
  const stacks = (process.threads ?? 0) * THREAD_STACK_BYTES
  const items: BillItem[] = [
    ...mapped.items,
    {
      name: 'page tables',
      bytes: pageTables,
      source: 'status VmPTE',
      reclaimable: 'no',
      says: SAYS.pageTables,
      parts: [],
    },
    {
      name: 'kernel stacks',
      bytes: stacks,
      source: 'status Threads, 16 KiB each',
      reclaimable: 'no',
      says: SAYS.stacks,
      parts: [],
    },
  ]
  const chargeBytes = mapped.bytes + pageTables + stacks
  return {
    chargeBytes,
    chargeSource: `${mapped.source} + VmPTE + 16 KiB for each thread`,
    items: items.filter(({ bytes }) => bytes > 0),
    beside: [
      ...part('swapped out', process.swapBytes, 'status VmSwap'),
      ...part(
        'huge pages of hugetlbfs',
        process.hugetlbBytes,
        'smaps_rollup Private_Hugetlb + Shared_Hugetlb',
      ),
    ],
    unattributedBytes: chargeBytes - sumOf(items),
  }
}

interface Mapped {
  bytes: number
  source: string
  items: BillItem[]
}

function byShare(process: ProcessState): Mapped | null {
  const { pssBytes, pssAnonBytes, pssFileBytes, pssShmemBytes } = process
  if (pssBytes === null) return null
  const items = kinds(process, [pssAnonBytes, pssFileBytes, pssShmemBytes], 'smaps_rollup Pss_')
  return { bytes: pssBytes, source: 'smaps_rollup Pss', items }
}

function byResidence(process: ProcessState): Mapped | null {
  const { rssBytes, anonRssBytes, fileRssBytes, shmemRssBytes } = process
  if (rssBytes === null) return null
  const items = kinds(process, [anonRssBytes, fileRssBytes, shmemRssBytes], 'status Rss')
  return { bytes: rssBytes, source: 'status VmRSS', items }
}

type Three = readonly [anon: number | null, file: number | null, shmem: number | null]

function kinds(process: ProcessState, [anon, file, shmem]: Three, source: string): BillItem[] {
  return [
    {
      name: 'anonymous',
      bytes: anon ?? 0,
      source: `${source}Anon`,
      reclaimable: 'swap',
      says: SAYS.anonymous,
      parts: part('transparent huge pages', process.anonHugeBytes, 'smaps_rollup AnonHugePages'),
    },
    {
      name: 'mapped files',
      bytes: file ?? 0,
      source: `${source}File`,
      reclaimable: 'yes',
      says: 'its share of programs, libraries and files that are mapped; part of the page cache',
      parts: [],
    },
    {
      name: 'shared memory and tmpfs',
      bytes: shmem ?? 0,
      source: `${source}Shmem`,
      reclaimable: 'swap',
      says: SAYS.shmem,
      parts: [],
    },
  ]
}
