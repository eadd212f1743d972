import { at, entriesAt, itemsAt } from '../../documents/value.ts'
import { inContainers, type AuditContext, type Rule } from '../../rule.ts'
import type { Container } from '../../workload.ts'
import { inPod, kubernetes } from '../examples.ts'
import { isMain, ownSize } from './own-size.ts'

export const noCpu: Rule = {
  id: 'K16',
  severity: 'warning',
  title: 'Memory as for Guaranteed, and no word about the CPU',
  why: 'Request and limit of memory are the same, and CPU has neither: the pod is Burstable. Its processes get an oom_score_adj by their request instead of -997, and are killed before those of Guaranteed pods.',
  reference: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/',
  examples: {
    bad: kubernetes(`
      apiVersion: v1
      kind: Pod
      metadata:
        name: web
      spec:
        containers:
          - name: »web
            image: registry.example.com/web:1
            resources:
              requests:
                memory: 256Mi
              limits:
                memory: 256Mi`),
    good: inPod(`
      image: registry.example.com/web:1
      resources:
        requests:
          cpu: 250m
          memory: 256Mi
        limits:
          cpu: 250m
          memory: 256Mi`),
  },
  check: inContainers(['kubernetes'], function* (container, context) {
    const request = ownSize(container, 'requests')
    const limit = ownSize(container, 'limits')
    if (!isMain(container) || typeof request?.bytes !== 'number' || request.bytes !== limit?.bytes)
      return
    const hasCpu = ['requests', 'limits'].some(
      (key) => at(container.root, 'resources', key, 'cpu') !== null,
    )
    if (hasCpu || isGivenCpu(container, context)) return
    yield {
      place: container.place,
      message: `${container.name} gives request and limit of memory as ${limit.text}, and none of the CPU`,
    }
  }),
}

/** By the pod itself, or by the defaults of its namespace. */
function isGivenCpu({ workload }: Container, { objects }: AuditContext): boolean {
  const { spec, namespace } = workload
  if (entriesAt(spec, 'resources').length > 0) return true
  return objects
    .filter((object) => object.kind === 'LimitRange' && object.namespace === namespace)
    .flatMap(({ root }) => itemsAt(root, 'spec', 'limits'))
    .some((item) => ['default', 'defaultRequest'].some((key) => at(item, key, 'cpu') !== null))
}
