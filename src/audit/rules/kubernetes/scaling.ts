import type { KubernetesObject } from '../../documents/object.ts'
import { nearest } from '../../documents/nearest.ts'
import { at, itemsAt, textAt } from '../../documents/value.ts'
import type { Scalar } from '../../documents/value.ts'
import { scalarAt } from '../../documents/value.ts'
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
