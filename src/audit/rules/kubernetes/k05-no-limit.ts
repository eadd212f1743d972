import { keyAt } from '../../documents/value.ts'
import { inContainers, type Rule } from '../../rule.ts'
import { inPod } from '../examples.ts'
import { ownSize } from './own-size.ts'

export const noLimit: Rule = {
  id: 'K05',
  severity: 'high',
  title: 'No memory limit',
  why: 'Without a limit the container can take all memory of its node. When the node runs out, the kernel kills by score, and it may hit a neighbour.',
  reference: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
  examples: {
    bad: inPod(`
      image: registry.example.com/web:1
      resources:
        requests:
          cpu: 100m
          »memory: 256Mi`),
    good: inPod(`
      image: registry.example.com/web:1
      resources:
        requests:
          cpu: 100m
          memory: 256Mi
        limits:
          memory: 256Mi`),
  },
  check: inContainers(['kubernetes'], function* (container) {
    const request = ownSize(container, 'requests')
    // A sidecar is a mistake of its own.
    if (!container.isWhole || container.role === 'sidecar') return
    if (container.effectiveLimit !== null || request === null) return
    const place = keyAt(container.root, 'resources', 'requests', 'memory') ?? request.place
    yield { place, message: `${container.name} requests ${request.text} and may take everything` }
  }),
}
