import { keyAt } from '../../documents/value.ts'
import { inContainers, type Rule } from '../../rule.ts'
import { inPod } from '../examples.ts'
import { isMain, ownSize } from './own-size.ts'

export const noRequest: Rule = {
  id: 'K06',
  severity: 'info',
  title: 'No memory request: the limit becomes it',
  why: 'The API server sets the request to the limit, so the scheduler keeps the whole limit free on a node. That may be meant; then it should stand there.',
  reference: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
  examples: {
    bad: inPod(`
      image: registry.example.com/web:1
      resources:
        limits:
          »memory: 512Mi`),
    good: inPod(`
      image: registry.example.com/web:1
      resources:
        requests:
          cpu: 100m
          memory: 512Mi
        limits:
          memory: 512Mi`),
  },
  check: inContainers(['kubernetes'], function* (container) {
    const limit = ownSize(container, 'limits')
    if (!isMain(container) || limit === null || ownSize(container, 'requests') !== null) return
    const place = keyAt(container.root, 'resources', 'limits', 'memory') ?? limit.place
    yield { place, message: `${container.name} is scheduled as if it needed all of ${limit.text}` }
  }),
}
