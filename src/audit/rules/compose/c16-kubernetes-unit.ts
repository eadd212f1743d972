import { readDockerSize } from '../../../parsers/quantity/docker.ts'
import { inContainers, type Rule } from '../../rule.ts'
import { replaced } from '../edits.ts'
import { inService } from '../examples.ts'

const service = (limit: string): string => `
image: registry.example.com/web:1
mem_limit: ${limit}`

export const kubernetesUnit: Rule = {
  id: 'C16',
  severity: 'error',
  title: 'Mi and Gi are units of Kubernetes',
  why: "Compose refuses the file. Docker's units are binary without the i: 512m is 512 MiB.",
  reference: 'docker/go-units, size.go, RAMInBytes',
  examples: { bad: inService(service('»512Mi')), good: inService(service('512m')) },
  check: inContainers(['compose'], function* ({ limit, reservation, memorySwap, sharedMemory }) {
    for (const size of [limit, reservation, memorySwap, sharedMemory]) {
      const [, number = '', unit = ''] = /^(.*[\d.]) ?([kmgt])i$/i.exec(size?.text ?? '') ?? []
      if (size === null || unit === '') continue
      const meant = `${number}${unit.toLowerCase()}`
      if (!readDockerSize(meant).ok) continue
      yield {
        place: size.place,
        message: `${size.text} is refused; ${meant} is the same size`,
        edits: replaced(size, meant),
      }
    }
  }),
}
