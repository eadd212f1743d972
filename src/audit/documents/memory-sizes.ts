import type { Size } from '../workload.ts'
import { podSpecOf } from './kubernetes.ts'
import type { KubernetesObject } from './object.ts'
import { kubernetesSize } from './pod.ts'
import { at, entriesAt, itemsAt, textAt } from './value.ts'
import type { Value } from './value.ts'

/** An amount of memory of an object of Kubernetes. */
export interface MemorySize extends Size {
  /** A container has to live within it; anything else is a request, a volume, or the least of something. */
  isLimit: boolean
}

/** Every place of an object in which an amount of memory stands, of containers and of all other kinds. */
export function memorySizesOf(object: KubernetesObject): MemorySize[] {
  const { kind, root } = object
  const spec = podSpecOf(object)
  const parts = [
    ...itemsAt(spec, 'initContainers'),
    ...itemsAt(spec, 'containers'),
    ...(spec === null ? [] : [spec]),
  ]
  const ranges = kind === 'LimitRange' ? itemsAt(root, 'spec', 'limits') : []
  const quotas = kind === 'ResourceQuota' ? entriesAt(root, 'spec', 'hard') : []
  const policies = itemsAt(root, 'spec', 'resourcePolicy', 'containerPolicies')
  const metrics = kind === 'HorizontalPodAutoscaler' ? itemsAt(root, 'spec', 'metrics') : []
  const limits = [
    ...parts.map((part) => at(part, 'resources', 'limits', 'memory')),
    ...ranges.flatMap((range) => ['default', 'max'].map((key) => at(range, key, 'memory'))),
    ...policies.map((policy) => at(policy, 'maxAllowed', 'memory')),
  ]
  const others = [
    ...parts.map((part) => at(part, 'resources', 'requests', 'memory')),
    ...itemsAt(spec, 'volumes')
      .filter((volume) => textAt(volume, 'emptyDir', 'medium') === 'Memory')
      .map((volume) => at(volume, 'emptyDir', 'sizeLimit')),
    ...ranges.flatMap((range) => ['defaultRequest', 'min'].map((key) => at(range, key, 'memory'))),
    ...policies.map((policy) => at(policy, 'minAllowed', 'memory')),
    ...quotas
      .filter(([name]) => /^(?:(?:requests|limits)\.)?memory$/.test(name))
      .map(([, entry]) => entry.value),
    ...metrics.map(targetOf),
  ]
  return [...sizesOf(limits, true), ...sizesOf(others, false)]
}

function sizesOf(values: readonly (Value | null)[], isLimit: boolean): MemorySize[] {
  return values.flatMap((value) => {
    const size = kubernetesSize(value)
    return size === null ? [] : [{ ...size, isLimit }]
  })
}

/** How much memory a pod may take on average before an autoscaler adds another. */
function targetOf(metric: Value): Value | null {
  const source = ['resource', 'containerResource'].find(
    (name) => textAt(metric, name, 'name') === 'memory',
  )
  return source === undefined ? null : at(metric, source, 'target', 'averageValue')
}
