import { formatBytes, GIB } from '../../../model/bytes.ts'
import type { Rule } from '../../rule.ts'
import { inService } from '../examples.ts'
import { inJvms } from '../inputs.ts'
import { percent, sized } from '../words.ts'

const WARNING_SHARE = 0.75
const HIGH_SHARE = 0.85
/** With so much beside the heap, even a small share of a large container is enough. */
const ENOUGH_BYTES = 2 * GIB

const service = (options: string): string => `
image: registry.example.com/web:1
command: [java, ${options}, -jar, app.jar]
mem_limit: 1g`

export const heapShare: Rule = {
  id: 'J03',
  severity: 'warning',
  title: 'The Java heap leaves little of the limit',
  why: 'Beside its heap a JVM takes metaspace, code cache, stacks, direct buffers and what the collector needs: some hundred MiB for a usual service. A full heap then reaches the limit, and the kernel kills it.',
  reference: 'a policy: 75 % is what the platforms recommend, above 85 % nothing fits beside it',
  examples: { bad: inService(service('»-Xmx800m')), good: inService(service('-Xmx600m')) },
  check: inJvms(function* ({ flags, setBy }, { effectiveLimit: limit }) {
    const word = setBy.get('maxHeapBytes')
    const heap = flags.maxHeapBytes
    if (word === undefined || heap === null || typeof limit?.bytes !== 'number') return
    const share = heap / limit.bytes
    if (share <= WARNING_SHARE || share > 1) return
    if (share <= HIGH_SHARE && limit.bytes - heap >= ENOUGH_BYTES) return
    yield {
      place: word.place,
      severity: share > HIGH_SHARE ? 'high' : 'warning',
      message: `a heap of ${formatBytes(heap)} is ${percent(share, 1)} of the limit ${sized(limit)}, and leaves ${formatBytes(limit.bytes - heap)}`,
    }
  }),
}
