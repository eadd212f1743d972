/** The bill: the memory of a subject, item by item; its sum is the charge. */
import type { Subject } from './subject.ts'
import type { Instant } from './time.ts'

/** What becomes of an item when the limit is reached: `yes` is given back, `no` is not, `swap` only where there is swap. */
export type Reclaimable = 'yes' | 'no' | 'swap'

export interface BillItem {
  /** `anonymous`, `page cache, inactive`, …: the same words on every platform. */
  name: string
  bytes: number
  /** The file and the formula, `memory.stat anon`. */
  source: string
  /** What becomes of it at the limit: `yes` is given back, `no` is not, `swap` only where there is swap. */
  reclaimable: Reclaimable
  /** One sentence for people: what this is. */
  says: string
  /** What the item consists of, as far as it is known; these are not added to the sum. */
  parts: readonly BillPart[]
}

/** A part of an item. Parts may overlap: dirty pages are active or inactive ones, too. */
export interface BillPart {
  name: string
  bytes: number
  source: string
}

/** Where a group is slowed down, or how much of it may be swapped out. */
export interface BillBound extends BillPart {
  /** What comes of it, and who set it as far as that is known. */
  says: string
}

/** One process and its share: pages that several processes map are divided among them (PSS). */
export interface ProcessShare {
  pid: number
  /** As the container counts it; null where it has no namespace of its own, or that is not known. */
  innerPid: number | null
  parentPid: number | null
  name: string
  command: readonly string[]
  /** Proportional set size and its kinds; null where smaps_rollup could not be read. */
  pssBytes: number | null
  pssAnonBytes: number | null
  pssFileBytes: number | null
  pssShmemBytes: number | null
  rssBytes: number | null
  swapBytes: number | null
  pageTableBytes: number | null
  threads: number | null
  oomScoreAdj: number | null
}

/** What one tool shows for this subject at this moment. */
export interface ToolFigure {
  /** `docker stats`, `ps`, … */
  tool: string
  /** Null: the tool has no figure here; `says` tells why. */
  bytes: number | null
  formula: string
  /** Why it differs from the charge. */
  says: string
}

/** One area of a runtime's memory. */
export interface RuntimeItem {
  name: string
  /** Resident as far as it is known, else committed (`source` says which); null where nothing tells. */
  bytes: number | null
  /** Address space that is only reserved; null where the notion does not exist. */
  reservedBytes: number | null
  /** The most it may grow to, and the flag or default that says so. */
  capBytes: number | null
  cap: string | null
  source: string
}

/** The memory of one process as its runtime sees it. */
export interface RuntimeView {
  /** `java`, `node`, … */
  runtime: string
  pid: number
  /** `OpenJDK 17.0.15 (HotSpot)`, as far as it is known. */
  version: string | null
  /** Their sum and `unattributedBytes` are `residentBytes`, unless the runtime does not say what is resident. */
  items: readonly RuntimeItem[]
  /** PSS of the process, or its RSS; of the whole tree for a master with workers or a server with its fork. */
  residentBytes: number | null
  /** What no item accounts for: libraries, fragmentation of malloc, native code. Null where the items cannot be summed. */
  unattributedBytes: number | null
  /** Sentences for people: what stands out, and what could not be asked and how it could be. */
  findings: readonly string[]
}

/** Whether the page cache of a subject is worth its memory. */
export interface PageCacheView {
  /** `useful`: it is read again; `stale`: nothing reads it; `thrashing`: it is thrown away and read again; `unknown`. */
  kind: 'useful' | 'stale' | 'thrashing' | 'unknown'
  says: readonly string[]
}

/** Where the memory of a subject is, at one moment. */
export interface Bill {
  subject: Subject
  /** When it was read, or when the kernel killed. */
  at: Instant | null
  /** `kill`: a dead subject, as the kernel's report of its end tells it. */
  moment: 'now' | 'kill'
  /** What is billed: a memory group with all below it, one process, or the machine. */
  scope: 'group' | 'process' | 'host'
  /** The memory group. */
  path: string | null
  cgroupVersion: 1 | 2 | null
  /** What is charged. */
  chargeBytes: number
  /** Which counter that is. */
  chargeSource: string
  /** The limit of the group itself; null where it has none, or none is known. */
  limitBytes: number | null
  /** What holds it back beside the limit. */
  bounds: readonly BillBound[]
  /** What the charge consists of: items and rest are the charge, to the byte. */
  items: readonly BillItem[]
  /** The rest; a small negative figure is the counters' own inexactness. */
  unattributedBytes: number
  /** What reclaim cannot give back without swap: everything but clean page cache and reclaimable slab. */
  unreclaimableBytes: number
  /** What belongs to the subject and is not part of the charge: swap, huge pages of hugetlbfs. */
  beside: readonly BillPart[]
  /** Largest share first. */
  processes: readonly ProcessShare[]
  /** The inside of a JVM, Redis and others. */
  runtimes: readonly RuntimeView[]
  /** Whether the page cache is worth its memory; null where it was not looked at. */
  pageCache: PageCacheView | null
  /** What other tools show for it. */
  tools: readonly ToolFigure[]
  /** What stands out, one sentence each. */
  findings: readonly string[]
  /** What could not be read, and why. */
  unknown: readonly string[]
}
