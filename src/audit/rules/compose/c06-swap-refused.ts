import { inContainers, type Rule } from '../../rule.ts'
import { inService } from '../examples.ts'
import { sized } from '../words.ts'

const service = (swap: string): string => `
image: registry.example.com/web:1
mem_limit: 512m
memswap_limit: ${swap}`

export const swapRefused: Rule = {
  id: 'C06',
  severity: 'error',
  title: 'A memswap_limit that the engine refuses',
  why: 'memswap_limit is memory and swap together. It must not be below mem_limit, and cannot stand without it: the container is not made.',
  reference: 'moby, daemon/daemon_unix.go, verifyPlatformContainerResources',
  examples: { bad: inService(service('»256m')), good: inService(service('1g')) },
  check: inContainers(['compose', 'quadlet'], function* ({ memorySwap, limit, isWhole, workload }) {
    if (!memorySwap?.bytes) return
    const { place } = memorySwap
    const isCompose = workload.platform === 'compose'
    const [swap, memory] = isCompose
      ? ['memswap_limit', 'mem_limit']
      : ['--memory-swap', '--memory']
    if (limit === null && isWhole) {
      yield { place, message: `${swap} ${memorySwap.text} stands without ${memory}` }
    } else if ((limit?.bytes ?? 0) > memorySwap.bytes && limit !== null) {
      yield {
        place,
        message: `${sized(memorySwap)} of memory and swap is below the limit ${sized(limit)}`,
      }
    }
  }),
}
