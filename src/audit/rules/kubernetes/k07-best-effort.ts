import { kubernetesSize } from '../../documents/pod.ts'
import { at } from '../../documents/value.ts'
import { inContainers, type Rule } from '../../rule.ts'
import { inPod, kubernetes } from '../examples.ts'
import { isMain } from './own-size.ts'

export const bestEffort: Rule = {
  id: 'K07',
  severity: 'high',
  title: 'Neither memory request nor limit',
  why: 'A pod without any is BestEffort: its processes get oom_score_adj 1000, so the kernel kills them first, the kubelet evicts it first, and it never gets swap. Nothing bounds it either.',
  reference: 'kubernetes, pkg/kubelet/qos/policy.go; KEP-2400',
  examples: {
    bad: kubernetes(`
      apiVersion: v1
      kind: Pod
      metadata:
        name: web
      spec:
        containers:
          - name: »web
            image: registry.example.com/web:1`),
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
    const { effectiveLimit, request } = container
    if (!isMain(container) || effectiveLimit !== null || request !== null) return
    const isPodSized = kubernetesSize(
      at(container.workload.spec, 'resources', 'requests', 'memory'),
    )
    if (isPodSized !== null) return
    yield { place: container.place, message: `${container.name} says nothing about its memory` }
  }),
}
