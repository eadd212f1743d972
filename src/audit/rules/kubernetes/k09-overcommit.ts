import { inContainers, type Rule } from '../../rule.ts'
import { inPod } from '../examples.ts'
import { sized } from '../words.ts'
import { isMain, ownSize } from './own-size.ts'

const WARNING_RATIO = 2
const HIGH_RATIO = 4

export const overcommit: Rule = {
  id: 'K09',
  severity: 'warning',
  title: 'The limit is far above the request',
  why: 'The scheduler counts requests alone. Containers that may take several times what they request fill a node beyond its memory, and those furthest above their request are evicted first.',
  reference:
    'https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/ (thresholds are a policy: above 2, and above 4)',
  examples: {
    bad: inPod(`
      image: registry.example.com/web:1
      resources:
        requests:
          cpu: 100m
          memory: »256Mi
        limits:
          memory: 2Gi`),
    good: inPod(`
      image: registry.example.com/web:1
      resources:
        requests:
          cpu: 100m
          memory: 1Gi
        limits:
          memory: 2Gi`),
  },
  check: inContainers(['kubernetes'], function* (container) {
    const request = ownSize(container, 'requests')
    const limit = ownSize(container, 'limits')
    if (!isMain(container) || !request?.bytes || typeof limit?.bytes !== 'number') return
    const ratio = limit.bytes / request.bytes
    if (ratio <= WARNING_RATIO) return
    yield {
      place: request.place,
      severity: ratio > HIGH_RATIO ? 'high' : 'warning',
      message: `the limit ${sized(limit)} is ${Number(ratio.toFixed(2))} times the request ${sized(request)}`,
    }
  }),
}
