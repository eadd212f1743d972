import { formatBytes, MIB } from '../../../model/bytes.ts'
import type { Rule } from '../../rule.ts'
import { heapOf } from '../../runtimes/jvm.ts'
import { programIndex } from '../../documents/words.ts'
import { inService } from '../examples.ts'
import { inJvms } from '../inputs.ts'
import { sized } from '../words.ts'

/** Below it a quarter is not what is wasted. */
const LEAST_BYTES = 512 * MIB

const service = (options: string, mark = ''): string => `
image: registry.example.com/web:1
command: [${mark}java, ${options}-jar, app.jar]
mem_limit: 2g`

export const defaultHeap: Rule = {
  id: 'J06',
  severity: 'warning',
  title: 'Without an option the Java heap is a quarter of the limit',
  why: 'The program gets an OutOfMemoryError while three quarters of what is paid for stand empty. Set -Xmx, or -XX:MaxRAMPercentage.',
  reference: 'measured: JDK 17 takes 512 MiB of 2 GiB',
  examples: {
    bad: inService(service('', '»')),
    good: inService(service('-XX:MaxRAMPercentage=70, ')),
  },
  check: inJvms(function* (jvm, container) {
    const { effectiveLimit: limit, words } = container
    const { flags } = jvm
    const isSet =
      flags.maxHeapBytes ?? flags.maxRamPercentage ?? flags.maxRamFraction ?? flags.maxRamBytes
    if (!jvm.runsJava || !jvm.isWhole || isSet !== null || !flags.containerSupport) return
    const java = words[programIndex(words, /^java$/)]
    if (typeof limit?.bytes !== 'number' || limit.bytes < LEAST_BYTES || java === undefined) return
    const heap = heapOf(jvm, limit.bytes)
    if (heap === null) return
    yield {
      place: java.place,
      message: `the heap is ${formatBytes(heap)} of the limit ${sized(limit)}`,
    }
  }),
}
