import { inContainers, type Rule } from '../../rule.ts'
import { inPod, kubernetes, resources } from '../examples.ts'
import { wholeLimits } from './limit-in-environment.ts'

export const settingWithoutLimit: Rule = {
  id: 'K19',
  severity: 'critical',
  title: "The runtime is given the node's memory as its own",
  why: 'The variable is filled from limits.memory, and the container has no limit: the kubelet puts in the allocatable memory of the node. The runtime believes that all of it is its own.',
  reference: 'kubernetes, pkg/kubelet/kubelet_resources.go, defaultPodLimitsForDownwardAPI',
  examples: {
    bad: kubernetes(`
      apiVersion: v1
      kind: Pod
      metadata:
        name: web
      spec:
        containers:
          - name: web
            image: registry.example.com/web:1
            resources:
              requests:
                # stella-ignore K05: an example of another rule
                memory: 256Mi
            env:
              - name: GOMEMLIMIT
                valueFrom:
                  resourceFieldRef:
                    resource: »limits.memory`),
    good: inPod(`
image: registry.example.com/web:1
${resources('512Mi')}
env:
  - name: GOMEMLIMIT
    value: 460MiB`),
  },
  check: inContainers(['kubernetes'], function* (container) {
    if (container.effectiveLimit !== null || !container.isWhole) return
    for (const [name, { place }] of wholeLimits(container)) {
      yield { place, message: `${name} becomes all allocatable memory of the node` }
    }
  }),
}
