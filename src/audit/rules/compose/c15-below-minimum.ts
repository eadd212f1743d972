import { MIN_MEMORY_BYTES } from '../../../simulate/swap.ts'
import { inContainers, type Rule } from '../../rule.ts'
import { inService } from '../examples.ts'
import { sized } from '../words.ts'

const service = (limit: string): string => `
image: registry.example.com/web:1
mem_limit: ${limit}`

export const belowMinimum: Rule = {
  id: 'C15',
  severity: 'error',
  title: 'A limit below the 6 MiB that the engine asks for',
  why: 'The engine refuses to make the container: Minimum memory limit allowed is 6MB. A number without a unit is bytes.',
  reference: 'moby, daemon/daemon_unix.go, linuxMinMemory',
  examples: { bad: inService(service('»512k')), good: inService(service('512m')) },
  check: inContainers(['compose'], function* ({ limit }) {
    if (typeof limit?.bytes !== 'number' || limit.bytes >= MIN_MEMORY_BYTES) return
    yield { place: limit.place, message: `${sized(limit)} is below 6 MiB` }
  }),
}
