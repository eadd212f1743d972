import { formatBytes, GIB, KIB, MIB } from '../../../model/bytes.ts'
import type { Flag, NodeFlags } from './flags.ts'

/** How large V8 lets one heap become: that of the main thread, and of each worker thread as much again. */
export interface HeapLimit {
  /** Old and young generation, as `heap_size_limit` of v8.getHeapStatistics() tells. */
  bytes: number
  youngBytes: number
  /** Where it comes from, in words. */
  says: string
  /** What said it; null: V8 chose by itself. */
  flag: Flag | null
}

export interface NodeVersion {
  major: number
  minor: number
}

/** How V8 sizes the young generation of one heap (Heap::YoungGenerationSizeFromOldGenerationSize). */
interface Young {
  /** Old generation for each byte of a semi-space. */
  ratio: number
  smallestBytes: number
  largestBytes: number
  /** Whether an old generation of 256 MiB or less gets the smallest. */
  smallestBelow: boolean
}

/** Measured with `heap_size_limit` under 25 limits from 64 MiB to none: see fixtures/runtimes/node/heap-limits.tsv. */
const YOUNG: ReadonlyMap<number, Young> = new Map([
  ...[18, 20, 22].map((major) => [major, young(128, 1, 16, true)] as const),
  [24, young(32, 1, 64, true)],
  [26, young(64, 2, 32, false)],
])

function young(ratio: number, smallest: number, largest: number, smallestBelow: boolean): Young {
  return { ratio, smallestBytes: smallest * MIB, largestBytes: largest * MIB, smallestBelow }
}

const SMALLEST_OLD_BYTES = 256 * MIB
const PAGE_BYTES = 256 * KIB

/** From this much memory on, V8 lets the old generation grow to 4 GiB instead of 2. */
const MUCH_MEMORY_BYTES = 15 * GIB
const MUCH_BEFORE_NODE_22_BYTES = 16 * GIB

/**
 * The limit of one V8 heap.
 *
 * @param memoryBytes what the process takes for the memory of its machine: the limit of its own group, or all there is
 * @returns null where a version is not known to us, or flags that V8 divides in its own way
 */
export function heapLimit(
  flags: NodeFlags,
  version: NodeVersion | null,
  memoryBytes: number | null,
): HeapLimit | null {
  const { heap, percentage, oldSpace } = flags
  const rule = version === null ? undefined : YOUNG.get(version.major)
  if (heap !== null && oldSpace === null && percentage === null) {
    const bytes = heap.value * MIB
    return { bytes, youngBytes: 0, flag: heap, says: `${heap.words} (${heap.from})` }
  }
  if (heap !== null || rule === undefined) return null
  const youngBytes = youngOf(flags, rule, memoryBytes)
  if (youngBytes === null) return null
  const and = `, and ${formatBytes(youngBytes)} for young objects`
  if (percentage !== null) {
    if (memoryBytes === null) return null
    const old = Math.floor((memoryBytes * percentage.value) / 100 / MIB) * MIB
    const says = `${percentage.words} (${percentage.from}) of ${formatBytes(memoryBytes)}${and}`
    return { bytes: old + youngBytes, youngBytes, flag: percentage, says }
  }
  if (oldSpace !== null) {
    const says = `${oldSpace.words} (${oldSpace.from})${and}`
    return { bytes: oldSpace.value * MIB + youngBytes, youngBytes, flag: oldSpace, says }
  }
  if (memoryBytes === null || version === null) return null
  const bytes = oldOf(memoryBytes, version) + youngBytes
  const says = `V8's own choice where it sees ${formatBytes(memoryBytes)}`
  return { bytes, youngBytes, flag: null, says }
}

/** Half of the memory, within bounds (Heap::HeapSizeFromPhysicalMemory). */
function oldOf(memoryBytes: number, { major }: NodeVersion): number {
  const half = Math.ceil(memoryBytes / 2 / PAGE_BYTES) * PAGE_BYTES
  const much = memoryBytes >= (major < 22 ? MUCH_BEFORE_NODE_22_BYTES : MUCH_MEMORY_BYTES)
  return Math.min(Math.max(half, SMALLEST_OLD_BYTES), (much ? 4 : 2) * GIB)
}

/** Two semi-spaces, and as much for large young objects; sized by the memory, not by the flag for old objects. */
function youngOf(flags: NodeFlags, rule: Young, memoryBytes: number | null): number | null {
  if (flags.semiSpace !== null) return 3 * powerOfTwo(flags.semiSpace.value * MIB)
  if (flags.small) return 3 * MIB
  if (memoryBytes === null) return null
  const half = Math.min(memoryBytes / 2, 4 * GIB)
  if (rule.smallestBelow && half <= SMALLEST_OLD_BYTES) return 3 * rule.smallestBytes
  const semi = powerOfTwo(half / rule.ratio)
  return 3 * Math.min(Math.max(semi, rule.smallestBytes), rule.largestBytes)
}

function powerOfTwo(bytes: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, bytes)))
}
