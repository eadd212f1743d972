import type { PodUsage } from '../../model/kubelet.ts'

/**
 * The working set of each pod, by `namespace/name`: of the pod as a whole, which the kubelet goes by (exceedMemoryRequests() of
 * pkg/kubelet/eviction/helpers.go), else of its containers together.
 */
export function usageByPod(pods: readonly PodUsage[]): ReadonlyMap<string, number> {
  return new Map(
    // In the first seconds of a pod its own figure is 0, and its containers' are above already.
    pods.map((pod) => [`${pod.namespace}/${pod.name}`, pod.workingSetBytes || sumOf(pod)]),
  )
}

function sumOf({ containers }: PodUsage): number {
  return containers.reduce((sum, { bytes }) => sum + bytes, 0)
}
