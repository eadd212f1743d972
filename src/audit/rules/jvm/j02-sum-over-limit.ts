import { formatBytes } from '../../../model/bytes.ts'
import type { JvmFlags } from '../../../simulate/jvm/flags.ts'
import type { Rule } from '../../rule.ts'
import { heapOf } from '../../runtimes/jvm.ts'
import { inService } from '../examples.ts'
import { inJvms } from '../inputs.ts'
import { sized } from '../words.ts'

/** What the JVM may take beside its heap, where it is set. */
const BESIDE = [
  'directBytes',
  'maxMetaspaceBytes',
  'codeCacheBytes',
] as const satisfies readonly (keyof JvmFlags)[]

const service = (direct: string): string => `
image: registry.example.com/web:1
command: [java, ${direct === '400m' ? '»' : ''}-Xmx700m, -XX:MaxDirectMemorySize=${direct}, -jar, app.jar]
mem_limit: 1g`

export const sumOverLimit: Rule = {
  id: 'J02',
  severity: 'high',
  title: 'What the JVM is allowed to take is more than the limit',
  why: 'Heap, direct buffers, metaspace and code cache are bounded one by one, and nothing bounds their sum but the kernel. Stacks, the collector and malloc come on top.',
  reference: 'Paketo libjvm, calc/calculator.go: heap = total - all others',
  examples: { bad: inService(service('400m')), good: inService(service('100m')) },
  check: inJvms(function* (jvm, { effectiveLimit: limit }) {
    const heapWord = jvm.setBy.get('maxHeapBytes') ?? jvm.setBy.get('maxRamPercentage')
    const heap = typeof limit?.bytes !== 'number' ? null : heapOf(jvm, limit.bytes)
    if (
      typeof limit?.bytes !== 'number' ||
      heap === null ||
      heapWord === undefined ||
      heap > limit.bytes
    )
      return
    const set = BESIDE.filter((flag) => jvm.setBy.has(flag))
    const beside = set.reduce((sum, flag) => sum + (jvm.flags[flag] ?? 0), 0)
    if (heap + beside <= limit.bytes) return
    const words = set.map((flag) => jvm.setBy.get(flag)?.text ?? flag).join(', ')
    yield {
      place: heapWord.place,
      message: `a heap of ${formatBytes(heap)} and ${words} are ${formatBytes(heap + beside)} in a limit of ${sized(limit)}`,
    }
  }),
}
