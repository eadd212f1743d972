import type { Rule } from '../../rule.ts'
import { inService } from '../examples.ts'
import { inJvms } from '../inputs.ts'
import { sized } from '../words.ts'
import { startOfWhole } from './started.ts'

const service = (option: string, mark = ''): string => `
image: registry.example.com/web:1
command: [${mark}java, -Xmx300m, ${option}-jar, app.jar]
mem_limit: 600m`

export const noNativeTracking: Rule = {
  id: 'J19',
  severity: 'info',
  isOptional: true,
  title: 'The JVM does not track its native memory',
  why: 'After an OOM kill nobody can tell what beside the heap has grown. -XX:NativeMemoryTracking=summary lets jcmd say it, for a few per cent of time; it cannot be switched on later.',
  reference:
    'measured: jcmd VM.native_memory prints "Native memory tracking is not enabled" without it',
  examples: {
    bad: inService(service('', '»')),
    good: inService(service('-XX:NativeMemoryTracking=summary, ')),
  },
  check: inJvms(function* (jvm, container) {
    const { effectiveLimit: limit } = container
    const java = startOfWhole(jvm, container)
    if (java === null || limit === null) return
    if (jvm.options.some(({ text }) => text.startsWith('-XX:NativeMemoryTracking='))) return
    yield { place: java.place, message: `what fills ${sized(limit)} beside the heap is not known` }
  }),
}
