import { formatBytes } from '../../../model/bytes.ts'
import type { Rule } from '../../rule.ts'
import { inService } from '../examples.ts'
import { inJvms } from '../inputs.ts'
import { sized } from '../words.ts'

const service = (options: string): string => `
image: registry.example.com/web:1
command: [java, ${options}, -jar, app.jar]
mem_limit: 512m`

export const heapOverLimit: Rule = {
  id: 'J01',
  severity: 'critical',
  title: 'The Java heap is larger than the limit',
  why: 'The JVM starts without a word. Its heap grows as it is used, and the kernel kills it long before a full collection would be tried: exit code 137, and no OutOfMemoryError.',
  reference: 'measured: JDK 17 starts with -Xmx1g in 256 MiB',
  examples: { bad: inService(service('»-Xmx1g')), good: inService(service('-Xmx300m')) },
  check: inJvms(function* ({ flags, setBy }, { effectiveLimit: limit }) {
    const word = setBy.get('maxHeapBytes')
    const heap = flags.maxHeapBytes
    if (
      word === undefined ||
      heap === null ||
      typeof limit?.bytes !== 'number' ||
      heap <= limit.bytes
    )
      return
    yield {
      place: word.place,
      message: `a heap of ${formatBytes(heap)} does not fit into the limit ${sized(limit)}`,
    }
  }),
}
