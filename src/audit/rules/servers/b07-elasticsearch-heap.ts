import { formatBytes, GIB } from '../../../model/bytes.ts'
import type { Rule } from '../../rule.ts'
import type { Container } from '../../workload.ts'
import { imageName } from '../../runtimes/options.ts'
import { inService } from '../examples.ts'
import { inJvms } from '../inputs.ts'
import { percent, sized } from '../words.ts'

const MOST = 0.5
/** Above it references need eight bytes instead of four. */
const MOST_COMPRESSED = 31 * GIB

const service = (options: string): string => `
image: elasticsearch:8.15.0
environment:
  ES_JAVA_OPTS: ${options}
mem_limit: 4g`

export const elasticsearchHeap: Rule = {
  id: 'B07',
  severity: 'high',
  title: 'The heap of Elasticsearch does not leave half of the limit',
  why: 'Lucene lives from the page cache, which is charged to the same limit, and from direct buffers of up to half the heap. The heap is at most half of the memory, -Xms the same as -Xmx, and below 31 GiB.',
  reference: 'https://www.elastic.co/docs/reference/elasticsearch/jvm-settings',
  examples: {
    bad: inService(service('-Xms2300m »-Xmx2300m')),
    good: inService(service('-Xms2g -Xmx2g')),
  },
  check: inJvms(function* ({ flags, setBy }, container) {
    const { effectiveLimit: limit } = container
    const heap = flags.maxHeapBytes
    const word = setBy.get('maxHeapBytes')
    if (!isSearch(container) || heap === null) return
    if (word === undefined) return
    const { place } = word
    if (typeof limit?.bytes === 'number' && heap > MOST * limit.bytes && heap <= limit.bytes) {
      yield {
        place,
        message: `a heap of ${formatBytes(heap)} is ${percent(heap, limit.bytes)} of the limit ${sized(limit)}`,
      }
    } else if (heap > MOST_COMPRESSED) {
      yield {
        place,
        message: `above 31 GiB, a heap of ${formatBytes(heap)} holds less than a smaller one`,
      }
    } else if (flags.initialHeapBytes !== null && flags.initialHeapBytes !== heap) {
      yield {
        place,
        message: `-Xms is ${formatBytes(flags.initialHeapBytes)}, and -Xmx ${formatBytes(heap)}`,
      }
    }
  }),
}

/** A unit has no image; its package names the variable. */
function isSearch({ image, environment, workload }: Container): boolean {
  if (/^(?:elasticsearch|opensearch)/.test(imageName(image).name)) return true
  const isNamed = environment.has('ES_JAVA_OPTS') || environment.has('OPENSEARCH_JAVA_OPTS')
  return workload.platform === 'systemd' && isNamed
}
