import type { CauseRule } from '../cause-rule.ts'
import { burst } from './burst.ts'
import { dirtyPages } from './dirty-pages.ts'
import { executorOverhead } from './executor-overhead.ts'
import { forkCopyOnWrite } from './fork-copy-on-write.ts'
import { heapOverLimit } from './heap-over-limit.ts'
import { hostOvercommit } from './host-overcommit.ts'
import { hugePages } from './huge-pages.ts'
import { kernelMemory } from './kernel-memory.ts'
import { leak } from './leak.ts'
import { limitTooLow } from './limit-too-low.ts'
import { misconfiguredLimit } from './misconfigured-limit.ts'
import { offHeap } from './off-heap.ts'
import { pageCache } from './page-cache.ts'
import { siblingUsage } from './sibling-usage.ts'
import { swapOff } from './swap-off.ts'
import { tmpfs } from './tmpfs.ts'
import { tooManyProcesses } from './too-many-processes.ts'
import { unknownCause } from './unknown.ts'

/** All causes; among findings of equal confidence the earlier stands first. `unknown` is told only alone. */
export const CAUSES: readonly CauseRule[] = [
  tmpfs,
  kernelMemory,
  heapOverLimit,
  offHeap,
  forkCopyOnWrite,
  dirtyPages,
  siblingUsage,
  misconfiguredLimit,
  tooManyProcesses,
  executorOverhead,
  hostOvercommit,
  burst,
  leak,
  limitTooLow,
  hugePages,
  pageCache,
  swapOff,
  unknownCause,
]
