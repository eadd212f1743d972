import { formatBytes } from '../../../model/bytes.ts'
import type { Rule } from '../../rule.ts'
import { heapOf, type Jvm } from '../../runtimes/jvm.ts'
import type { Container, Word } from '../../workload.ts'
import { inService } from '../examples.ts'
import { inJvms } from '../inputs.ts'
import { sized } from '../words.ts'
import { startOfWhole } from './started.ts'

/** Options and files by which a program shows that it reads and writes through direct buffers. */
const NETTY = /\bnetty\b|^-Dvertx\.|\bvertx-core\b|\bjdk\.nio\.maxCachedBufferSize=/i
/** Netty's own bound of what it takes. */
const BOUNDED = /^-Dio\.netty\.maxDirectMemory=[1-9]/

const service = (options: string): string => `
image: registry.example.com/web:1
command: [java, ${options}, -Dio.netty.leakDetection.level=simple, -jar, app.jar]
mem_limit: 1g`

export const directMemory: Rule = {
  id: 'J12',
  severity: 'warning',
  isOptional: true,
  title: 'Direct buffers may grow as large as the heap',
  why: 'Where MaxDirectMemorySize is not set, direct buffers are bounded by the size of the heap, beside it. Netty and NIO take their buffers there, so heap and buffers may together be twice -Xmx, without an OutOfMemoryError.',
  reference:
    'OpenJDK, jdk.internal.misc.VM, maxDirectMemory: Runtime.maxMemory() where it is not set',
  examples: {
    bad: inService(service('»-Xmx700m')),
    good: inService(service('-Xmx700m, -XX:MaxDirectMemorySize=100m')),
  },
  check: inJvms(function* (jvm, container) {
    const { effectiveLimit: limit } = container
    const word = jvm.setBy.get('maxHeapBytes') ?? jvm.setBy.get('maxRamPercentage')
    if (typeof limit?.bytes !== 'number' || word === undefined) return
    if (startOfWhole(jvm, container) === null || isBounded(jvm) || !usesNetty(container, jvm))
      return
    const heap = heapOf(jvm, limit.bytes)
    if (heap === null || heap > limit.bytes || 2 * heap <= limit.bytes) return
    yield {
      place: word.place,
      message: `a heap of ${formatBytes(heap)} and as much of direct buffers are ${formatBytes(2 * heap)} in ${sized(limit)}`,
    }
  }),
}

function isBounded({ flags, options }: Jvm): boolean {
  return flags.directBytes !== null || options.some(({ text }) => BOUNDED.test(text))
}

function usesNetty({ words }: Container, { options }: Jvm): boolean {
  const said: readonly Word[] = [...words, ...options]
  return said.some(({ text }) => NETTY.test(text))
}
