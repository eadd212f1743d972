import { inContainers, type Rule } from '../../rule.ts'
import { inPod } from '../examples.ts'
import { sized } from '../words.ts'
import { ownSize } from './own-size.ts'

export const requestOverLimit: Rule = {
  id: 'K08',
  severity: 'error',
  title: 'The memory request is above the limit',
  why: 'The API server refuses the object: a request must be less than or equal to the memory limit.',
  reference: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
  examples: {
    bad: inPod(`
      image: registry.example.com/web:1
      resources:
        requests:
          cpu: 100m
          memory: »1Gi
        limits:
          memory: 512Mi`),
    good: inPod(`
      image: registry.example.com/web:1
      resources:
        requests:
          cpu: 100m
          memory: 512Mi
        limits:
          memory: 1Gi`),
  },
  check: inContainers(['kubernetes'], function* (container) {
    const request = ownSize(container, 'requests')
    const { effectiveLimit: limit } = container
    if (
      typeof request?.bytes !== 'number' ||
      typeof limit?.bytes !== 'number' ||
      request.bytes <= limit.bytes
    )
      return
    yield {
      place: request.place,
      message: `the request ${sized(request)} is above the limit ${sized(limit)}`,
    }
  }),
}
