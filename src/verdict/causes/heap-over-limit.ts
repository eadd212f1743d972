import { formatBytes } from '../../model/bytes.ts'
import type { CauseFinding, CauseRule } from '../cause-rule.ts'
import { bindingOf, ownLimitBytes } from '../reading.ts'
import { heapSetting } from '../runtime-heap.ts'
import type { Incident } from '../incident.ts'

/** The runtime was told it may use more heap than the limit leaves: the kernel acts before the runtime collects. */
export const heapOverLimit: CauseRule = { code: 'heap-over-limit', find }

/** Beside the heap a JVM or Node process needs some tens of MiB; a heap above this share of the limit leaves no room. */
const SHARE = 0.9

function find(incident: Incident): CauseFinding | null {
  if (incident.reports.length === 0) return null
  const heap = heapSetting(incident)
  const limit = ownLimitBytes(incident) ?? bindingOf(incident, 'container').limitBytes
  if (heap === null || limit === null) return null
  if (heap.maxHeapBytes === null || heap.maxHeapBytes < SHARE * limit) return null
  return {
    confidence: 'certain',
    summary: `${heap.setBy ?? 'The setting'} lets the heap grow to ${formatBytes(heap.maxHeapBytes)}, the limit is ${formatBytes(limit)}: the kernel kills before the runtime sees a reason to collect.`,
    because: [heap.because],
  }
}
