import { formatBytes } from '../../../model/bytes.ts'
import { inContainers, type Rule } from '../../rule.ts'
import { replaced } from '../edits.ts'
import { inService } from '../examples.ts'
import { isForOneLimit } from '../shared-lines.ts'

const service = (swap: string): string => `
image: registry.example.com/web:1
mem_limit: 512m
memswap_limit: ${swap}`

export const swapZero: Rule = {
  id: 'C04',
  severity: 'warning',
  title: 'memswap_limit: 0 does not mean "no swap"',
  why: 'It means "not set", and then memory and swap together are twice the limit. For no swap, memswap_limit has to be the same as mem_limit.',
  reference:
    'https://docs.docker.com/engine/containers/resource_constraints/#--memory-swap-details',
  examples: { bad: inService(service('»0')), good: inService(service('512m')) },
  check: inContainers(['compose'], function* ({ memorySwap, limit }, context) {
    if (memorySwap?.bytes !== 0) return
    const swap =
      typeof limit?.bytes !== 'number'
        ? 'the engine chooses'
        : `the container may swap ${formatBytes(limit.bytes)}`
    const canMend = typeof limit?.bytes === 'number' && isForOneLimit(memorySwap.place, context)
    const todo = limit === null ? '' : `; no swap is memswap_limit: ${limit.text}`
    yield {
      place: memorySwap.place,
      message: `0 is "not set": ${swap} where the machine has swap${todo}`,
      edits: canMend ? replaced(memorySwap, limit.text) : [],
    }
  }),
}
