import type { Rule } from '../../rule.ts'
import { inService } from '../examples.ts'
import { inJvms } from '../inputs.ts'
import { sized } from '../words.ts'
import { startOfWhole } from './started.ts'

const service = (option: string, mark = ''): string => `
image: registry.example.com/web:1
command: [${mark}java, -Xmx300m, ${option}-jar, app.jar]
mem_limit: 600m`

export const metaspaceUnbounded: Rule = {
  id: 'J13',
  severity: 'info',
  isOptional: true,
  title: 'Nothing bounds the metaspace',
  why: 'Classes that are loaded again and again fill the metaspace until the kernel kills the container. With MaxMetaspaceSize the JVM says "OutOfMemoryError: Metaspace" instead, which names the cause.',
  reference: 'measured: MaxMetaspaceSize is 18446744073709551615 in JDK 17 where nothing sets it',
  examples: {
    bad: inService(service('', '»')),
    good: inService(service('-XX:MaxMetaspaceSize=128m, ')),
  },
  check: inJvms(function* (jvm, container) {
    const { effectiveLimit: limit } = container
    const java = startOfWhole(jvm, container)
    if (java === null || limit === null || jvm.flags.maxMetaspaceBytes !== null) return
    yield { place: java.place, message: `classes may fill all of ${sized(limit)}` }
  }),
}
