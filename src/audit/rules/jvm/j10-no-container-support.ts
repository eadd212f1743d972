import type { Rule } from '../../rule.ts'
import { inService } from '../examples.ts'
import { inJvms, isUnbounded } from '../inputs.ts'

const service = (option: string): string => `
image: registry.example.com/web:1
command: [java, ${option}, -jar, app.jar]
mem_limit: 512m`

export const noContainerSupport: Rule = {
  id: 'J10',
  severity: 'critical',
  title: 'The JVM is told not to see its container',
  why: "Without container support its heap is a quarter of the machine's memory, and its threads are as many as the machine has processors. The limit is reached long before the heap is full.",
  reference: 'measured: a heap of 6028 MiB in a limit of 512 MiB',
  examples: {
    bad: inService(service('»-XX:-UseContainerSupport')),
    good: inService(service('-XX:MaxRAMPercentage=70')),
  },
  check: inJvms(function* ({ flags, setBy }, container) {
    const word = setBy.get('containerSupport')
    if (word === undefined || flags.containerSupport) return
    if (flags.maxHeapBytes !== null || flags.maxRamBytes !== null || isUnbounded(container)) return
    yield { place: word.place, message: 'the heap is sized by the machine, and not by the limit' }
  }),
}
