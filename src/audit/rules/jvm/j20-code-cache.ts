import { formatBytes, MIB } from '../../../model/bytes.ts'
import type { Rule } from '../../rule.ts'
import { inService } from '../examples.ts'
import { inJvms } from '../inputs.ts'
import { percent, sized } from '../words.ts'
import { startOfWhole } from './started.ts'

const MOST_BYTES = 512 * MIB
/** ReservedCodeCacheSize with both compilers at work. */
const DEFAULT_BYTES = 240 * MIB

const service = (option: string, mark = ''): string => `
image: registry.example.com/web:1
command: [${mark}java, -Xmx200m, ${option}-jar, app.jar]
mem_limit: 400m`

export const codeCache: Rule = {
  id: 'J20',
  severity: 'info',
  isOptional: true,
  title: 'The code cache may take a large part of a small limit',
  why: 'Where nothing is set, compiled code may grow to 240 MiB, whatever the limit is. It is reserved and not resident at first, but calculators that start from the limit subtract all of it.',
  reference: 'measured: ReservedCodeCacheSize is 251658240 in JDK 17, and 50331648 without tiers',
  examples: {
    bad: inService(service('', '»')),
    good: inService(service('-XX:ReservedCodeCacheSize=64m, ')),
  },
  check: inJvms(function* (jvm, container) {
    const { effectiveLimit: limit } = container
    const { codeCacheBytes, tiered } = jvm.flags
    const java = startOfWhole(jvm, container)
    if (java === null || codeCacheBytes !== null || !tiered) return
    if (typeof limit?.bytes !== 'number' || limit.bytes > MOST_BYTES) return
    yield {
      place: java.place,
      message: `${formatBytes(DEFAULT_BYTES)} of code are ${percent(DEFAULT_BYTES, limit.bytes)} of the limit ${sized(limit)}`,
    }
  }),
}
