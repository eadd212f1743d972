import { textAt } from '../../documents/value.ts'
import type { Rule } from '../../rule.ts'
import { kubernetes } from '../examples.ts'
import { ownSize } from './own-size.ts'

const nodeAndPod = (request: string, mark: string): string => `
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
failSwapOn: false
memorySwap:
  swapBehavior: LimitedSwap
---
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
          cpu: 100m
          memory: ${request}
        limits:
          memory: ${mark}512Mi`

export const noSwapForIt: Rule = {
  id: 'K33',
  severity: 'info',
  title: 'This container gets no swap, although its node has some',
  why: 'With LimitedSwap only containers whose request is below their limit get a share of the swap. With both the same the share is 0.',
  reference: 'KEP-2400, node swap: swap share = request / node memory * swap',
  examples: {
    bad: kubernetes(nodeAndPod('512Mi', '»')),
    good: kubernetes(nodeAndPod('400Mi', '')),
  },
  *check({ objects, workloads }) {
    const kubelets = objects.filter(({ kind }) => kind === 'KubeletConfiguration')
    const behaviors = new Set(
      kubelets.map(({ root }) => textAt(root, 'memorySwap', 'swapBehavior')),
    )
    // Which node it runs on is not known: it has to be true of all.
    if (behaviors.size !== 1 || !behaviors.has('LimitedSwap')) return
    for (const container of workloads.flatMap(({ containers }) => containers)) {
      const limit = ownSize(container, 'limits')
      const request = container.request?.bytes ?? null
      if (typeof limit?.bytes !== 'number' || request !== limit.bytes) continue
      yield {
        place: limit.place,
        message: `request and limit of ${container.name} are the same: its swap is 0`,
      }
    }
  },
}
