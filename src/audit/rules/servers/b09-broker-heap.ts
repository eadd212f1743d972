import { formatBytes } from '../../../model/bytes.ts'
import { programIndex } from '../../documents/words.ts'
import type { Rule } from '../../rule.ts'
import type { Container } from '../../workload.ts'
import { imageName } from '../../runtimes/options.ts'
import { inService } from '../examples.ts'
import { inJvms } from '../inputs.ts'
import { percent, sized } from '../words.ts'

const MOST = 0.5
/** From here on other rules speak. */
const HANDED_OVER = 0.75

const service = (heap: string): string => `
image: apache/kafka:3.9.0
environment:
  KAFKA_HEAP_OPTS: ${heap}
mem_limit: 4g`

export const brokerHeap: Rule = {
  id: 'B09',
  severity: 'warning',
  title: 'The heap of a broker leaves little for the page cache',
  why: 'Kafka serves its readers from the page cache, which is charged to the same limit. A large heap takes it away, and reads go to the disk.',
  reference: 'https://kafka.apache.org/documentation/#java (half of the limit is a policy)',
  examples: { bad: inService(service('»-Xmx2600m')), good: inService(service('-Xmx1g')) },
  check: inJvms(function* ({ flags, setBy }, container) {
    const { effectiveLimit: limit } = container
    const word = setBy.get('maxHeapBytes')
    const heap = flags.maxHeapBytes
    if (!isBroker(container) || word === undefined) return
    if (heap === null || typeof limit?.bytes !== 'number') return
    if (heap <= MOST * limit.bytes || heap > HANDED_OVER * limit.bytes) return
    yield {
      place: word.place,
      message: `a heap of ${formatBytes(heap)} is ${percent(heap, limit.bytes)} of the limit ${sized(limit)}`,
    }
  }),
}

/** A unit has no image, and names the script that starts the broker. */
function isBroker({ image, words }: Container): boolean {
  const isImage = /^(?:kafka|cp-kafka)$/.test(imageName(image).name)
  return isImage || programIndex(words, /^kafka-server-start(?:\.sh)?$/) !== -1
}
