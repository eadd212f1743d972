import { ENGINES, inContainers, type Rule } from '../../rule.ts'
import { inService } from '../examples.ts'

const service = (more: string): string => `
image: registry.example.com/web:1
mem_limit: 512m${more}`

export const swappinessOnV2: Rule = {
  id: 'C09',
  severity: 'warning',
  title: 'mem_swappiness does nothing on cgroup v2',
  why: 'The second version of the memory controller has no swappiness of a group. The engine discards it with a warning. memswap_limit is what bounds the swap.',
  reference: 'moby, pkg/sysinfo/cgroup2_linux.go, MemorySwappiness: false',
  examples: {
    bad: { ...inService(service('\nmem_swappiness: »10')), host: { cgroup: 2 } },
    good: { ...inService(service('\nmemswap_limit: 512m')), host: { cgroup: 2 } },
  },
  check: inContainers(ENGINES, function* ({ options }, { host }) {
    const swappiness = options.get('memory-swappiness')
    if (host.cgroup !== 2 || swappiness === undefined || swappiness.text === '0') return
    yield {
      place: swappiness.place,
      message: `a swappiness of ${swappiness.text} is discarded there`,
    }
  }),
}
