import type { RemedyRule } from '../remedy-rule.ts'
import { boundOffHeap } from './bound-off-heap.ts'
import { boundSnapshots } from './bound-snapshots.ts'
import { emptyTmpfs } from './empty-tmpfs.ts'
import { failAsAWhole } from './fail-as-a-whole.ts'
import { fewerWorkers } from './fewer-workers.ts'
import { findGrowth } from './find-growth.ts'
import { fitHeap } from './fit-heap.ts'
import { freeKernelMemory } from './free-kernel-memory.ts'
import { gatherEvidence } from './gather-evidence.ts'
import { liftThrottle } from './lift-throttle.ts'
import { raiseLimit } from './raise-limit.ts'
import { raiseRuntimeLimit } from './raise-runtime-limit.ts'
import { raiseSharedLimit } from './raise-shared-limit.ts'
import { relieveHost } from './relieve-host.ts'
import { turnKillerOn } from './turn-killer-on.ts'
import { widenNodes } from './widen-nodes.ts'
import { writeBackSooner } from './write-back-sooner.ts'

/** All remedies, those that cure before those that win time. */
export const REMEDIES: readonly RemedyRule[] = [
  fitHeap,
  boundOffHeap,
  emptyTmpfs,
  freeKernelMemory,
  boundSnapshots,
  fewerWorkers,
  writeBackSooner,
  raiseSharedLimit,
  liftThrottle,
  raiseLimit,
  turnKillerOn,
  raiseRuntimeLimit,
  relieveHost,
  widenNodes,
  failAsAWhole,
  findGrowth,
  gatherEvidence,
]
