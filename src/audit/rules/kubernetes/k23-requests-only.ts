import { kubernetesSize } from '../../documents/pod.ts'
import { at, itemsAt, textAt } from '../../documents/value.ts'
import type { Rule } from '../../rule.ts'
import { kubernetes } from '../examples.ts'
import { deployment, vertical } from './scaled-examples.ts'
import { sized } from '../words.ts'
import { targetOf } from './scaling.ts'

const scaled = (least: string): string =>
  `${deployment()}
---${vertical(`
      - containerName: web
        controlledValues: RequestsOnly
        minAllowed:
          memory: ${least}`)}`

export const requestsOnly: Rule = {
  id: 'K23',
  severity: 'high',
  title: 'The autoscaler wants to request more than the limit that it may not raise',
  why: 'With RequestsOnly the limit stays where it is. What the program needs is above it, so it goes on being killed while the autoscaler looks on. Let it control RequestsAndLimits, or raise the limit.',
  reference: 'kubernetes/autoscaler, vertical-pod-autoscaler/docs/features.md',
  examples: { bad: kubernetes(scaled('»1Gi')), good: kubernetes(scaled('256Mi')) },
  *check({ objects, workloads }) {
    for (const scaler of objects) {
      if (scaler.kind !== 'VerticalPodAutoscaler') continue
      const target = targetOf(scaler, workloads)
      for (const policy of itemsAt(scaler.root, 'spec', 'resourcePolicy', 'containerPolicies')) {
        if (textAt(policy, 'controlledValues') !== 'RequestsOnly') continue
        const name = textAt(policy, 'containerName')
        for (const container of target?.containers ?? []) {
          const limit = container.effectiveLimit
          if (typeof limit?.bytes !== 'number' || (name !== '*' && name !== container.name))
            continue
          const wanted = [
            kubernetesSize(at(policy, 'minAllowed', 'memory')),
            ...itemsAt(scaler.root, 'status', 'recommendation', 'containerRecommendations')
              .filter((item) => textAt(item, 'containerName') === container.name)
              .map((item) => kubernetesSize(at(item, 'target', 'memory'))),
          ].find((size) => (size?.bytes ?? 0) > (limit.bytes ?? 0))
          if (!wanted) continue
          yield {
            place: wanted.place,
            message: `${sized(wanted)} is above the limit ${sized(limit)} of ${container.name}, which stays`,
          }
        }
      }
    }
  },
}
