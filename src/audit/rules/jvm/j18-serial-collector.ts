import { formatBytes, MIB } from '../../../model/bytes.ts'
import { collectorOf } from '../../../simulate/jvm/heap.ts'
import type { Rule } from '../../rule.ts'
import { inService } from '../examples.ts'
import { inJvms } from '../inputs.ts'
import { sized } from '../words.ts'
import { startOfWhole } from './started.ts'

/** Below it the JVM does not take itself for a server (is_server_class_machine). */
const SERVER_BYTES = 1792 * MIB
/** Later versions take another collector in small containers, too (JEP 523). */
const LAST_VERSION = 26

const service = (option: string, mark = ''): string => `
image: registry.example.com/web:1
command: [${mark}java, -Xmx600m, ${option}-jar, app.jar]
mem_limit: 1g`

export const serialCollector: Rule = {
  id: 'J18',
  severity: 'info',
  isOptional: true,
  title: 'In a container this small the JVM picks the serial collector',
  why: 'Below 1792 MiB, or with less than two processors, HotSpot does not take itself for a server: it collects with one thread, and the program stands still meanwhile. That saves memory, and is often right. Name the collector to show that it is meant.',
  reference:
    'OpenJDK, os.cpp, is_server_class_machine; measured: serial at 1791 MiB, G1 at 1792 MiB',
  examples: {
    bad: inService(service('', '»')),
    good: inService(service('-XX:+UseSerialGC, ')),
  },
  check: inJvms(function* (jvm, container) {
    const { effectiveLimit: limit } = container
    const java = startOfWhole(jvm, container)
    if (java === null || typeof limit?.bytes !== 'number' || jvm.flags.collector !== null) return
    if (!jvm.flags.containerSupport || (jvm.version ?? 0) > LAST_VERSION) return
    const machine = { limitBytes: limit.bytes, processors: null }
    if (collectorOf(jvm.flags, machine) !== 'serial') return
    yield {
      place: java.place,
      message: `${sized(limit)} is below ${formatBytes(SERVER_BYTES)}, so one thread collects`,
    }
  }),
}
