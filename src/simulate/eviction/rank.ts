import { type EvictionPod, isCritical } from './pod.ts'

/** A pod in its place. */
export interface RankedPod {
  pod: EvictionPod
  /** False: the kubelet passes it over, and takes the next. */
  evictable: boolean
  /** Null where there are no figures of it. */
  exceedsRequest: boolean | null
  /** Working set less request; negative below it, null where there are no figures. */
  overshootBytes: number | null
  /** Nothing that the kubelet looks at parts it from the one before: their order is left to chance. */
  tied: boolean
}

/**
 * The order in which the kubelet evicts pods under memory pressure: rankMemoryPressure() of
 * pkg/kubelet/eviction/helpers.go. Those without figures come first, then those above their request; among them the lower
 * priority, and of equals the one that is further above its request. The QoS class plays no part.
 */
export function rankPods(pods: readonly EvictionPod[]): RankedPod[] {
  const sorted = pods.toSorted(compare)
  return sorted.map((pod, at) => {
    const before = sorted[at - 1]
    return {
      pod,
      evictable: !isCritical(pod),
      exceedsRequest: pod.usageBytes === null ? null : exceeds(pod),
      overshootBytes: pod.usageBytes === null ? null : overshoot(pod),
      tied: before !== undefined && compare(before, pod) === 0,
    }
  })
}

function compare(a: EvictionPod, b: EvictionPod): number {
  return (
    first(a.usageBytes === null, b.usageBytes === null) ||
    first(exceeds(a), exceeds(b)) ||
    a.priority - b.priority ||
    overshoot(b) - overshoot(a)
  )
}

function first(a: boolean, b: boolean): number {
  return Number(b) - Number(a)
}

/** Both without figures are equal here. */
function exceeds(pod: EvictionPod): boolean {
  return pod.usageBytes !== null && overshoot(pod) > 0
}

function overshoot(pod: EvictionPod): number {
  return pod.usageBytes === null ? 0 : pod.usageBytes - pod.requestBytes
}
