import { formatBytes, MIB } from '../../../model/bytes.ts'
import { maxHeapBytes } from '../../../simulate/jvm/heap.ts'
import type { Rule } from '../../rule.ts'
import { replaced } from '../edits.ts'
import type { Place } from '../../documents/place.ts'
import { inService } from '../examples.ts'
import { inJvms } from '../inputs.ts'
import { sized } from '../words.ts'
import { isForOneLimit } from '../shared-lines.ts'

/** MaxHeapSize of a 64-bit JVM before it looks at the machine: 96 MiB * 1.3. Below it the other percentage counts. */
const SMALL_BYTES = 124.8 * MIB
const DEFAULT_MIN_PERCENT = 50

const service = (options: string): string => `
image: registry.example.com/web:1
environment:
  JAVA_TOOL_OPTIONS: ${options}
mem_limit: 200m`

export const percentageWithoutEffect: Rule = {
  id: 'J05',
  severity: 'warning',
  title: 'MaxRAMPercentage does nothing in a container this small',
  why: 'Where half of the memory (MinRAMPercentage) is below 125 MiB, HotSpot takes that half, whatever MaxRAMPercentage says. In small containers it is MinRAMPercentage that sets the heap.',
  reference:
    'OpenJDK, arguments.cpp, set_heap_size; measured: 75 % of 200 MiB give a heap of 100 MiB',
  examples: {
    bad: inService(service('»-XX:MaxRAMPercentage=75')),
    good: inService(service('-XX:MaxRAMPercentage=75 -XX:MinRAMPercentage=75')),
  },
  check: inJvms(function* ({ flags, setBy }, { effectiveLimit: limit }, context) {
    const word = setBy.get('maxRamPercentage')
    if (word === undefined || typeof limit?.bytes !== 'number' || flags.maxHeapBytes !== null)
      return
    // Who sets both knows.
    if (flags.minRamPercentage !== null || (limit.bytes * DEFAULT_MIN_PERCENT) / 100 >= SMALL_BYTES)
      return
    const heap = maxHeapBytes(flags, { limitBytes: limit.bytes, processors: null })
    const both = `${word.text} -XX:MinRAMPercentage=${flags.maxRamPercentage ?? DEFAULT_MIN_PERCENT}`
    const canMend = !isItem(word.place) && isForOneLimit(word.place, context)
    yield {
      place: word.place,
      message: `in ${sized(limit)} the heap is ${formatBytes(heap ?? 0)} with it and without it`,
      edits: canMend ? replaced(word, both) : [],
    }
  }),
}

/** An item of a list is one option: a second one does not fit into it. */
function isItem({ file, start, end }: Place): boolean {
  const before = file.text.slice(file.text.lastIndexOf('\n', start - 1) + 1, start)
  const after = file.text.slice(end, end + 10)
  if (/(?:^\s*-\s+["']?|[[,]\s*["']?)$/.test(before)) return true
  return /^\s*["']?$/.test(before) && /^["']?\s*[\],]/.test(after)
}
