import type { KubernetesObject } from '../../documents/object.ts'
import { nearest } from '../../documents/nearest.ts'
import { at, itemsAt, textAt } from '../../documents/value.ts'
import type { Scalar } from '../../documents/value.ts'
import { scalarAt } from '../../documents/value.ts'
import { kubernetesSize } from '../../documents/pod.ts'
import type { VerticalAutoscaler } from '../../../parsers/kubernetes/vertical-autoscaler.ts'
import type { Workload } from '../../workload.ts'

/** The metric of an autoscaler that is the memory of its pods. */
export function memoryMetricOf({ kind, root }: KubernetesObject): Scalar | null {
  if (kind !== 'HorizontalPodAutoscaler') return null
  for (const metric of itemsAt(root, 'spec', 'metrics')) {
    for (const source of ['resource', 'containerResource']) {
      const name = scalarAt(metric, source, 'name')
      if (name?.text === 'memory') return name
    }
  }
  return null
}

/** What a VerticalPodAutoscaler decides of memory; null: it is something else. */
export function verticalOf({ kind, root }: KubernetesObject): VerticalAutoscaler | null {
  if (kind !== 'VerticalPodAutoscaler') return null
  const policies = itemsAt(root, 'spec', 'resourcePolicy', 'containerPolicies')
  const recommended = itemsAt(root, 'status', 'recommendation', 'containerRecommendations')
  return {
    updateMode: textAt(root, 'spec', 'updatePolicy', 'updateMode'),
    policies: policies.map((policy) => ({
      container: textAt(policy, 'containerName'),
      mode: textAt(policy, 'mode'),
      controlledValues: textAt(policy, 'controlledValues'),
      controlledResources:
        at(policy, 'controlledResources') === null
          ? null
          : itemsAt(policy, 'controlledResources').flatMap((one) => textAt(one) ?? []),
    })),
    recommendations: recommended.map((one) => ({
      container: textAt(one, 'containerName'),
      memoryBytes: kubernetesSize(at(one, 'target', 'memory'))?.bytes ?? null,
    })),
  }
}

/** What an autoscaler scales; null where it is not known, or which of several is meant. */
export function targetOf(
  { kind, namespace, place, root }: KubernetesObject,
  workloads: readonly Workload[],
): Workload | null {
  const key = kind === 'VerticalPodAutoscaler' ? 'targetRef' : 'scaleTargetRef'
  const reference = at(root, 'spec', key)
  const itsKind = textAt(reference, 'kind')
  const itsName = textAt(reference, 'name')
  const named = workloads.filter(
    (workload) =>
      workload.kind === itsKind && workload.name === itsName && workload.namespace === namespace,
  )
  const [target, other] = nearest(place.file, named)
  return other === undefined ? (target ?? null) : null
}
