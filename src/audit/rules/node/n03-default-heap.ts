import { formatBytes, GIB } from '../../../model/bytes.ts'
import type { Rule } from '../../rule.ts'
import { defaultHeapBytes } from '../../runtimes/node.ts'
import { inService } from '../examples.ts'
import { inNodes } from '../inputs.ts'
import { sized } from '../words.ts'

const LEAST_BYTES = 4 * GIB

const service = (option: string, mark = ''): string => `
image: registry.example.com/web:1
command: [${mark}node, ${option}server.js]
mem_limit: 8g`

export const nodeDefaultHeap: Rule = {
  id: 'N03',
  severity: 'info',
  title: 'Without an option the heap of Node.js stays at 2 GiB',
  why: 'The program ends with "heap out of memory" while most of its limit stands empty. From a limit of 15 GiB on it is 4 GiB. Set --max-old-space-size, or lower the limit.',
  reference:
    'v8, Heap::HeapSizeFromPhysicalMemory; measured with Node 20, 22 and 24; nodejs/node 35573',
  examples: {
    bad: inService(service('', '»')),
    good: inService(service('--max-old-space-size=6000, ')),
  },
  check: inNodes(function* (node, container) {
    const { effectiveLimit: limit, words, image, place } = container
    if (!node.isWhole || !node.runsNode || node.isBounded || node.oldSpace !== null) return
    if (typeof limit?.bytes !== 'number' || limit.bytes <= LEAST_BYTES) return
    // The limit of a slice above it is not seen.
    if (container.workload.platform === 'systemd' && container.limit === null) return
    yield {
      place: words[0]?.place ?? image?.place ?? place,
      message: `the heap ends at about ${formatBytes(defaultHeapBytes(limit.bytes))} of ${sized(limit)}`,
    }
  }),
}
