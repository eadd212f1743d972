import type { Bill } from '../model/bill.ts'
import { formatBytes } from '../model/bytes.ts'

/**
 * What stands out in a bill, one sentence each, the most telling first.
 *
 * @param seen.looked whether somebody looked at its processes: where nobody did, none is missing
 */
export function findingsOf(bill: Bill, { looked }: { looked: boolean }): string[] {
  return [
    nearLimit(bill),
    tmpfs(bill),
    dirty(bill),
    kernel(bill),
    looked ? orphaned(bill) : null,
    shared(bill),
    unattributed(bill),
  ].filter((finding) => finding !== null)
}

/** From here on a burst of a moment reaches the limit. */
const NEAR = 0.9

function nearLimit({ unreclaimableBytes, limitBytes, scope, chargeBytes }: Bill): string | null {
  if (scope !== 'group' || limitBytes === null || limitBytes === 0) return null
  const kept = unreclaimableBytes / limitBytes
  if (kept >= NEAR) {
    return `${formatBytes(unreclaimableBytes)} cannot be given back without swap: ${percent(kept)} of the limit`
  }
  if (chargeBytes / limitBytes < NEAR) return null
  return `the charge is ${percent(chargeBytes / limitBytes)} of the limit, but all except ${formatBytes(unreclaimableBytes)} is cache that the kernel drops by itself`
}

/** Shares of the charge that are worth a sentence. What is told of the page cache is not told twice. */
const MUCH = 0.2

function tmpfs(bill: Bill): string | null {
  if (bill.pageCache !== null) return null
  const bytes = bytesOf(bill, 'shared memory and tmpfs')
  if (bytes < MUCH * bill.chargeBytes) return null
  return `${formatBytes(bytes)} is tmpfs or shared memory: it stays charged until the files are deleted, even when no process is left`
}

function dirty(bill: Bill): string | null {
  if (bill.pageCache !== null) return null
  const cache = bill.items.find(({ name }) => name === 'page cache')
  const parts = cache?.parts.filter(({ name }) => name === 'dirty' || name === 'in writeback') ?? []
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0)
  if (bytes < MUCH * bill.chargeBytes) return null
  return `${formatBytes(bytes)} waits to be written to disk and cannot be dropped before that`
}

const KERNEL = [
  'slab, unreclaimable',
  'kernel stacks',
  'page tables',
  'per-CPU',
  'vmalloc',
  'sockets',
  'other kernel memory',
  'slab and other kernel memory',
]

function kernel(bill: Bill): string | null {
  if (bill.scope === 'process') return null
  const items = bill.items.filter(({ name }) => KERNEL.includes(name))
  const bytes = items.reduce((sum, item) => sum + item.bytes, 0)
  const [largest] = items.toSorted((a, b) => b.bytes - a.bytes)
  if (largest === undefined || bytes < MUCH * bill.chargeBytes || bytes < 16 * 1024 * 1024) {
    return null
  }
  return `the kernel itself holds ${formatBytes(bytes)} for it, most of it ${largest.name}; no process shows this`
}

/** Anonymous memory that no living process of the group maps: charged by one that moved, or by one of another group. */
function orphaned(bill: Bill): string | null {
  if (bill.scope !== 'group' || bill.moment !== 'now') return null
  const shares = bill.processes.map(({ pssAnonBytes }) => pssAnonBytes)
  if (shares.some((bytes) => bytes === null)) return null
  const mapped = shares.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0)
  const charged = bytesOf(bill, 'anonymous')
  const rest = charged - mapped
  if (rest < MUCH * bill.chargeBytes || rest < 16 * 1024 * 1024) return null
  return `${formatBytes(rest)} of the anonymous memory is mapped by no process of the group: it was charged here by one that lives elsewhere now, or shrank while it was read`
}

function shared({ scope, processes }: Bill): string | null {
  if (scope !== 'process' || processes.some(({ pssBytes }) => pssBytes !== null)) return null
  return 'pages that it shares with others are counted in full: its shares could not be read'
}

/** More than this share without a name is said, so that nobody takes the items for all there is. */
const UNNAMED = 0.05

function unattributed({ unattributedBytes, chargeBytes, moment, scope }: Bill): string | null {
  if (chargeBytes === 0 || unattributedBytes / chargeBytes < UNNAMED) return null
  const why =
    moment === 'kill'
      ? "the kernel's report does not print all of its counters"
      : scope === 'host'
        ? 'drivers take pages that /proc/meminfo has no line for, such as those of network and graphics cards'
        : 'this kernel has no counters for it; mostly it is memory that the kernel charges for itself, such as buffers of pipes'
  return `${formatBytes(unattributedBytes)} has no name: ${why}`
}

function bytesOf(bill: Bill, name: string): number {
  return bill.items.find((item) => item.name === name)?.bytes ?? 0
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}
