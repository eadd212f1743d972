import { keyAt, scalarAt } from '../../documents/value.ts'
import { inContainers, type Rule } from '../../rule.ts'
import { replaced } from '../edits.ts'
import { inService } from '../examples.ts'
import { isForOneLimit } from '../shared-lines.ts'

const service = (more: string): string => `
image: registry.example.com/web:1
mem_limit: 512m
${more}`

export const swappinessZero: Rule = {
  id: 'C10',
  severity: 'warning',
  title: 'Compose drops mem_swappiness: 0',
  why: 'It hands the value on only where it is not zero, so the container swaps as before, and nobody is told. For no swap, set memswap_limit to the same as mem_limit.',
  reference: 'docker/compose, pkg/compose/create.go: if s.MemSwappiness != 0',
  examples: {
    bad: inService(service('mem_swappiness: »0')),
    good: inService(service('memswap_limit: 512m')),
  },
  check: inContainers(['compose'], function* ({ root, limit, memorySwap }, context) {
    const swappiness = scalarAt(root, 'mem_swappiness')
    const key = keyAt(root, 'mem_swappiness')
    if (swappiness?.text !== '0' || key === null) return
    const isAlone = isForOneLimit(swappiness.place, context) && isForOneLimit(key, context)
    const canMend = typeof limit?.bytes === 'number' && memorySwap === null && isAlone
    const todo = limit === null ? '' : `; write memswap_limit: ${limit.text}`
    yield {
      place: swappiness.place,
      message: `the container swaps as if nothing stood here${todo}`,
      edits: canMend
        ? [
            ...replaced({ text: 'mem_swappiness', place: key }, 'memswap_limit'),
            ...replaced(swappiness, limit.text),
          ]
        : [],
    }
  }),
}
