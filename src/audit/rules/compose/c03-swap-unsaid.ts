import { formatBytes } from '../../../model/bytes.ts'
import { inContainers, type Rule } from '../../rule.ts'
import { inService } from '../examples.ts'

const service = (more: string, mark = ''): string => `
image: registry.example.com/web:1
mem_limit: ${mark}512m${more}`

export const swapUnsaid: Rule = {
  id: 'C03',
  severity: 'info',
  isOptional: true,
  title: 'Nothing is said about swap',
  why: 'Where memswap_limit is not set, the engine sets it to twice the limit: on a machine with swap the container may push as much as its limit out before it is killed, and is slow for long. memswap_limit of the same size means no swap.',
  reference: 'moby, daemon/daemon_unix.go, adaptContainerSettings: MemorySwap = Memory * 2',
  examples: {
    bad: inService(service('', '»')),
    good: inService(service('\nmemswap_limit: 512m')),
  },
  check: inContainers(['compose'], function* ({ limit, memorySwap, isWhole, name }) {
    if (typeof limit?.bytes !== 'number' || memorySwap !== null || !isWhole) return
    yield {
      place: limit.place,
      message: `${name} may swap ${formatBytes(limit.bytes)} where its machine has swap`,
    }
  }),
}
