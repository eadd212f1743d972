import type { RuntimeItem } from '../../../model/bill.ts'
import { formatBytes, MIB } from '../../../model/bytes.ts'
import type { ProcessState } from '../../../model/facts.ts'
import { totalOf } from '../../../parsers/proc/smaps.ts'
import type { NodeFlags } from './flags.ts'
import type { HeapLimit } from './heap-limit.ts'
import { HEAP_ITEM, NATIVE_ITEM } from './items.ts'
import type { NodeMap } from './map.ts'
import { readsOwnGroup } from './memory-seen.ts'
import type { MemorySeen } from './memory-seen.ts'
import type { FullNodeVersion } from './version.ts'
import { heldByOthers, isTitled, workersOf } from '../relatives.ts'
import type { RuntimeContext } from '../runtime.ts'

export interface NodeInsight {
  process: ProcessState
  context: RuntimeContext
  v8: NodeMap
  version: FullNodeVersion | null
  seen: MemorySeen | null
  flags: NodeFlags
  limit: HeapLimit | null
  items: readonly RuntimeItem[]
}

/** An idle Node has some 40 MiB beside its heap. */
const BASE_BYTES = 50 * MIB
/** Below this limit V8's own choice leaves no room for the rest. */
const SMALL_LIMIT_BYTES = 350 * MIB
const SMALLEST_USEFUL_BYTES = 16 * MIB

/** What stands out in a Node process, the gravest first. */
export function nodeFindings(insight: NodeInsight): string[] {
  return [
    heapOverLimit(insight),
    unseenLimit(insight),
    manyBuffers(insight),
    swappedHeap(insight),
    workerThreads(insight),
    clusterWorkers(insight),
    packageManager(insight),
    unknownLimit(insight),
    notTold(insight),
  ].filter((finding) => finding !== null)
}

function heapOverLimit(insight: NodeInsight): string | null {
  const { process, context, limit, v8, items, seen } = insight
  const { limitBytes } = context
  if (limit === null || limitBytes === null || isPackageManager(insight)) return null
  const heaps = 1 + v8.workers
  const others = heldByOthers(process, context.processes)
  const beside = besideHeap(items) + others
  const most = heaps * limit.bytes
  const small = limit.flag === null && limitBytes < SMALL_LIMIT_BYTES
  if (most + beside <= limitBytes && !small) return null
  const shared = others < MIB ? '' : ` (${formatBytes(others)} of that by other processes)`
  const why =
    limit.flag !== null || seen === null || seen.bytes > 512 * MIB
      ? ''
      : ' By itself V8 never takes less than 256 MiB for old objects, however small the limit.'
  return `V8 lets ${heaps === 1 ? 'its heap' : `its ${heaps} heaps`} grow to ${formatBytes(most)}, and ${formatBytes(beside)} is needed beside it${shared}, in a limit of ${formatBytes(limitBytes)}: the kernel kills before V8 gives up by itself.${why} ${cure(limitBytes, beside, limit, heaps)}`
}

function besideHeap(items: readonly RuntimeItem[]): number {
  const beside = items.filter(({ name }) => name !== HEAP_ITEM)
  return Math.max(
    BASE_BYTES,
    beside.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
  )
}

/** Nine tenths of what is left for the heaps, and no more than three quarters of the limit for old objects. */
function cure(limitBytes: number, beside: number, limit: HeapLimit, heaps: number): string {
  const each = (0.9 * (limitBytes - beside)) / heaps
  const semi = 2 ** Math.floor(Math.log2(Math.min(Math.max(limitBytes / 256, MIB), 16 * MIB)))
  // What was sized for a larger machine would leave little for old objects.
  const smaller = limit.youngBytes > each / 4 && 3 * semi < limit.youngBytes
  const young = smaller ? 3 * semi : limit.youngBytes
  const old = Math.floor(Math.min(each - young, 0.75 * limitBytes) / MIB)
  if (old * MIB < SMALLEST_USEFUL_BYTES) return 'No heap of a useful size fits: raise the limit.'
  const { flag } = limit
  if (flag?.words.startsWith('--max-heap') === true) {
    return `Make ${flag.words} (${flag.from}) --max-heap-size=${old}.`
  }
  const flags = `--max-old-space-size=${old}${smaller ? ` --max-semi-space-size=${semi / MIB}` : ''}`
  return flag === null
    ? `Set NODE_OPTIONS="${flags}".`
    : `Make ${flag.words} (${flag.from}) ${flags}.`
}

/** Node reads the limit of its own group, and of none above it. */
function unseenLimit(insight: NodeInsight): string | null {
  const { context, limit, seen, version } = insight
  const { limitBytes } = context
  if (limit === null || limit.flag !== null || isPackageManager(insight)) return null
  if (seen === null || version === null) return null
  if (limitBytes === null || limitBytes >= seen.bytes) return null
  const reads = readsOwnGroup(version)
    ? 'Node reads the limit of its own group alone, not of those above it'
    : `Node ${version.text} does not read this limit`
  const size = seen.from === 'machine' ? 'the whole machine' : formatBytes(seen.bytes)
  return `${reads}: it sizes its heap for ${size}, and the limit is ${formatBytes(limitBytes)}.`
}

function manyBuffers({ items, limit, context }: NodeInsight): string | null {
  const native = items.find(({ name }) => name === NATIVE_ITEM)?.bytes ?? 0
  const all = items.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)
  if (native < 64 * MIB || native < all / 4) return null
  const bound =
    limit === null || context.limitBytes === null
      ? ''
      : `, and so nothing stops it below ${formatBytes(context.limitBytes)}`
  return `${formatBytes(native)} is Buffers, strings kept outside of the heap, or native modules: --max-old-space-size does not bound it${bound}.`
}

function swappedHeap({ v8 }: NodeInsight): string | null {
  const swapped = totalOf(v8.heap, 'swapBytes') ?? 0
  if (swapped < 16 * MIB) return null
  return `${formatBytes(swapped)} of the V8 heap is swapped out: each full garbage collection reads it back.`
}

function workerThreads({ v8, limit }: NodeInsight): string | null {
  if (v8.workers === 0) return null
  const each = limit === null ? '' : `, up to ${formatBytes(limit.bytes)} each`
  const have =
    v8.workers === 1
      ? 'A worker thread has a V8 heap'
      : `${v8.workers} worker threads have V8 heaps`
  return `${have} besides that of the main thread${each}: a flag holds for each of them, not for all; resourceLimits of new Worker() sets less.`
}

function clusterWorkers({ process, context }: NodeInsight): string | null {
  const workers = workersOf(process, context.processes)
  if (workers.length === 0) return null
  return `It started ${workers.length} like itself (cluster): each has a heap of its own, and each may grow to the limit of one. The largest is looked into.`
}

const PACKAGE_MANAGER = /\/(?:npm|npx|yarn|pnpm)(?:-cli)?(?:\.c?js)?$|^(npm|npx|yarn|pnpm)(?: |$)/

/** They stay until the program that they started ends. */
function packageManager(insight: NodeInsight): string | null {
  const name = packageManagerName(insight)
  if (name === null) return null
  const bytes = insight.items.reduce((sum, item) => sum + (item.bytes ?? 0), 0)
  return `This is ${name}, which only waits for what it started, and takes ${formatBytes(bytes)} for that. Start the program itself, as in CMD ["node", "server.js"]: signals reach it then, too.`
}

function isPackageManager(insight: NodeInsight): boolean {
  return packageManagerName(insight) !== null
}

function packageManagerName({ process, context }: NodeInsight): string | null {
  if (!context.processes.some(({ parentPid }) => parentPid === process.pid)) return null
  const named = process.command.slice(0, 3).find((argument) => PACKAGE_MANAGER.test(argument))
  return /pnpm|npm|npx|yarn/.exec(named ?? '')?.[0] ?? null
}

function unknownLimit({ process, limit, version, seen }: NodeInsight): string | null {
  if (limit !== null) return null
  if (isTitled(process)) {
    return 'It wrote a title over its command line (process.title), and its flags with it: how large its heap may become is not known from outside.'
  }
  const which =
    process.command.length === 0
      ? 'its arguments could not be read'
      : version === null
        ? 'its version is not known'
        : seen === null
          ? 'the limit that it sees could not be read'
          : `what Node ${version.text} makes of its flags, or chooses without any, is not known here`
  return `How large V8 lets its heap become cannot be told: ${which}. v8.getHeapStatistics().heap_size_limit inside says it.`
}

function notTold({ flags, items }: NodeInsight): string | null {
  if (items.length === 0) return null
  const inspector =
    flags.inspector === null
      ? ''
      : ` Its inspector is open (${flags.inspector}): a debugger can ask it; stella runs nothing inside.`
  return `How much of the heap is in use, and what of the native memory is Buffers, only process.memoryUsage() inside tells.${inspector}`
}
