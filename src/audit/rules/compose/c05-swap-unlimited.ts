import { ENGINES, inContainers, type Rule } from '../../rule.ts'
import { inService } from '../examples.ts'

const service = (swap: string): string => `
image: registry.example.com/web:1
mem_limit: 512m
memswap_limit: ${swap}`

export const swapUnlimited: Rule = {
  id: 'C05',
  severity: 'high',
  title: 'Swap without a limit',
  why: 'Instead of being killed, the container pushes everything into swap and takes the disk and the swap of all others with it. It is slow for hours before anybody sees why.',
  reference:
    'https://docs.docker.com/engine/containers/resource_constraints/#--memory-swap-details',
  examples: { bad: inService(service('»-1')), good: inService(service('1g')) },
  check: inContainers(ENGINES, function* ({ memorySwap }) {
    if (memorySwap?.text !== '-1') return
    yield { place: memorySwap.place, message: '-1 lets the container use all swap of its machine' }
  }),
}
