import { formatBytes, MIB } from '../../../model/bytes.ts'
import type { Rule } from '../../rule.ts'
import { inService } from '../examples.ts'
import { inJvms } from '../inputs.ts'
import { percent, sized } from '../words.ts'

const MOST = 0.25
/** Variables that say how many threads a server starts. */
const COUNTS = [
  'SERVER_TOMCAT_THREADS_MAX',
  'SERVER_TOMCAT_MAX_THREADS',
  'BPL_JVM_THREAD_COUNT',
  'SERVER_JETTY_THREADS_MAX',
]

const service = (threads: string): string => `
image: registry.example.com/web:1
command: [java, -Xmx300m, -jar, app.jar]
environment:
  SERVER_TOMCAT_THREADS_MAX: ${threads}
mem_limit: 600m`

export const threadStacks: Rule = {
  id: 'J14',
  severity: 'warning',
  title: 'The stacks of all threads are a large part of the limit',
  why: 'Each thread has a stack beside the heap, of 1 MiB where -Xss does not say otherwise. Under load, when all threads are at work, they fill at the same time as the heap.',
  reference: 'OpenJDK, ThreadStackSize; Paketo libjvm counts threads * Xss',
  examples: { bad: inService(service('»"400"')), good: inService(service('"100"')) },
  check: inJvms(function* ({ flags }, { environment, effectiveLimit: limit }) {
    const variable = COUNTS.map((name) => environment.get(name)).find(
      (found) => found !== undefined,
    )
    const threads = Number(variable?.value ?? 'none')
    if (variable === undefined || typeof limit?.bytes !== 'number' || !Number.isInteger(threads))
      return
    const stacks = threads * (flags.stackBytes ?? MIB)
    if (stacks <= MOST * limit.bytes) return
    yield {
      place: variable.place,
      message: `${threads} stacks are ${formatBytes(stacks)}, ${percent(stacks, limit.bytes)} of the limit ${sized(limit)}`,
    }
  }),
}
