import type { KubernetesObject } from '../../documents/kubernetes.ts'
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

/** What an autoscaler scales. */
export function isTargetOf(scaler: KubernetesObject, workload: Workload): boolean {
  const key = scaler.kind === 'VerticalPodAutoscaler' ? 'targetRef' : 'scaleTargetRef'
  const reference = at(scaler.root, 'spec', key)
  return (
    textAt(reference, 'kind') === workload.kind &&
    textAt(reference, 'name') === workload.name &&
    scaler.namespace === workload.namespace
  )
}
