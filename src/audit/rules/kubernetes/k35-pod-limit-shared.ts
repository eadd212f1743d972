import { kubernetesSize } from '../../documents/pod.ts'
import { at } from '../../documents/value.ts'
import type { Rule } from '../../rule.ts'
import { heapCapOf } from '../../runtimes/heap.ts'
import { runtimeName } from '../../runtimes/name.ts'
import { kubernetes } from '../examples.ts'
import { sized } from '../words.ts'
import { ownSize } from './own-size.ts'

const pod = (mark: string, flag: string): string => `
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  resources:
    requests:
      cpu: 100m
      memory: 2Gi
    limits:
      memory: ${mark}2Gi
  containers:
    - name: one
      image: registry.example.com/one:1
      command: [node, ${flag}one.js]
    - name: two
      image: registry.example.com/two:1
      command: [node, ${flag}two.js]`

export const podLimitShared: Rule = {
  id: 'K35',
  severity: 'high',
  title: "Each runtime takes the pod's limit for its own",
  why: 'The limit of the pod is written into the group of each container that has none. Runtimes that size their heap by it each plan with the whole pod, and together they pass it. Give each container a limit, or each runtime a heap.',
  reference: 'KEP-2837, pod level resource specifications',
  examples: {
    bad: kubernetes(pod('»', '')),
    good: kubernetes(pod('', '--max-old-space-size=700, ')),
  },
  *check({ workloads }) {
    for (const { platform, spec, containers } of workloads) {
      const limit =
        platform === 'kubernetes' ? kubernetesSize(at(spec, 'resources', 'limits', 'memory')) : null
      if (limit === null) continue
      const sizing = containers.filter(
        (container) =>
          container.role !== 'init' &&
          ownSize(container, 'limits') === null &&
          runtimeName(container) !== null &&
          (runtimeName(container) === 'Java' || heapCapOf(container) === null) &&
          !container.environment.has('GOMEMLIMIT') &&
          !container.words.some(({ text }) => text.startsWith('-Xmx')),
      )
      if (sizing.length < 2) continue
      const names = sizing.map(({ name }) => name).join(' and ')
      yield {
        place: limit.place,
        message: `${names} each size themselves by all of ${sized(limit)}`,
      }
    }
  },
}
