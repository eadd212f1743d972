import { GIB } from '../../../model/bytes.ts'
import type { Rule } from '../../rule.ts'
import { inService } from '../examples.ts'
import { inJvms, isUnbounded } from '../inputs.ts'

const WARNING_PERCENT = 75
const HIGH_PERCENT = 85
/** With so much beside the heap, even a small share of a large container is enough. */
const ENOUGH_BYTES = 2 * GIB

const service = (percentage: number, mark = ''): string => `
image: registry.example.com/web:1
command: [java, ${mark}-XX:MaxRAMPercentage=${percentage}, -jar, app.jar]
mem_limit: 1g`

export const percentageShare: Rule = {
  id: 'J04',
  severity: 'warning',
  title: 'MaxRAMPercentage leaves little of the limit',
  why: 'The percentage is the heap alone. Metaspace, code cache, stacks, direct buffers and the collector have to fit into the rest of the limit.',
  reference: 'a policy: 75 % is what the platforms recommend, from 85 % on nothing fits beside it',
  examples: { bad: inService(service(90, '»')), good: inService(service(70)) },
  check: inJvms(function* ({ flags, setBy }, container) {
    const { effectiveLimit: limit } = container
    const word = setBy.get('maxRamPercentage')
    const percentage = flags.maxRamPercentage
    if (word === undefined || percentage === null || flags.maxHeapBytes !== null) return
    if (percentage <= WARNING_PERCENT || isUnbounded(container)) return
    const rest = ((limit?.bytes ?? 0) * (100 - percentage)) / 100
    if (percentage < HIGH_PERCENT && rest >= ENOUGH_BYTES) return
    yield {
      place: word.place,
      severity: percentage >= HIGH_PERCENT ? 'high' : 'warning',
      message: `${percentage} % of the limit become heap, and ${100 - percentage} % are left for all else`,
    }
  }),
}
