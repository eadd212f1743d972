import { keyAt, scalarAt } from '../../documents/value.ts'
import { inContainers, type Rule } from '../../rule.ts'
import { inPod } from '../examples.ts'
import { sized } from '../words.ts'
import { isMain, ownSize } from './own-size.ts'

const CONTAINER = (request: string): string => `
image: registry.example.com/web:1
resources:
  requests:
    cpu: 100m
    memory: ${request}
  limits:
    memory: 512Mi`

export const noPriority: Rule = {
  id: 'K34',
  severity: 'info',
  isOptional: true,
  title: 'It may use more than it requests, and has no priority',
  why: 'Under pressure the kubelet evicts first what is above its request, and among those what has the lowest priority. Without a priorityClassName the pod has that of the cluster, the same as most.',
  reference: 'https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/',
  examples: {
    bad: inPod(CONTAINER('»300Mi')),
    good: inPod(CONTAINER('300Mi'), 'priorityClassName: shop-important'),
  },
  check: inContainers(['kubernetes'], function* (container) {
    const { spec } = container.workload
    const request = ownSize(container, 'requests')
    const limit = ownSize(container, 'limits')
    if (!isMain(container) || !request?.bytes || typeof limit?.bytes !== 'number') return
    if (request.bytes >= limit.bytes || scalarAt(spec, 'priorityClassName') !== null) return
    if (keyAt(spec, 'priority') !== null) return
    yield {
      place: request.place,
      message: `${container.name} may go from ${sized(request)} to ${sized(limit)}`,
    }
  }),
}
