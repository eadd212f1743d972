import type { Rule } from '../../rule.ts'
import { removed } from '../edits.ts'
import { inService } from '../examples.ts'
import { inJvms } from '../inputs.ts'

const service = (options: string): string => `
image: registry.example.com/web:1
environment:
  JAVA_TOOL_OPTIONS: ${options}
mem_limit: 1g`

export const percentageIgnored: Rule = {
  id: 'J08',
  severity: 'warning',
  title: '-Xmx and MaxRAMPercentage together',
  why: 'The percentage is ignored. Whoever changes it later wonders why nothing happens.',
  reference: 'OpenJDK, arguments.cpp, set_heap_size; measured: -Xmx64m wins',
  examples: {
    bad: inService(service('-Xmx600m »-XX:MaxRAMPercentage=70')),
    good: inService(service('-Xmx600m')),
  },
  check: inJvms(function* ({ setBy }) {
    const size = setBy.get('maxHeapBytes')
    const percentage = setBy.get('maxRamPercentage')
    if (size === undefined || percentage === undefined) return
    yield {
      place: percentage.place,
      message: `${size.text} wins over ${percentage.text}`,
      edits: removed(percentage),
    }
  }),
}
