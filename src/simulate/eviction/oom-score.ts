import type { QosClass } from '../../parsers/kubernetes/qos.ts'
import { type EvictionPod, isNodeCritical } from './pod.ts'

const GUARANTEED_ADJ = -997
const BEST_EFFORT_ADJ = 1000

/**
 * The QoS class by memory alone, where the API server's word for it is not known: a class also depends on CPU.
 */
export function qosClassOf(pod: EvictionPod): QosClass {
  if (pod.qosClass !== null) return pod.qosClass
  if (pod.requestBytes === 0 && (pod.limitBytes === null || pod.limitBytes === 0))
    return 'BestEffort'
  return pod.requestBytes === pod.limitBytes ? 'Guaranteed' : 'Burstable'
}

/**
 * The oom_score_adj of each of a pod's containers: GetContainerOOMScoreAdjust() of pkg/kubelet/qos/policy.go. It decides
 * what the kernel kills when the node runs out before the kubelet acts, and has no part in eviction.
 *
 * @returns null for a Burstable pod on a node whose memory is not known
 */
export function oomScoreAdjs(
  pod: EvictionPod,
  nodeCapacityBytes: number | null,
): readonly number[] | null {
  const qos = qosClassOf(pod)
  if (isNodeCritical(pod) || qos === 'Guaranteed') return [GUARANTEED_ADJ]
  if (qos === 'BestEffort') return [BEST_EFFORT_ADJ]
  if (nodeCapacityBytes === null || nodeCapacityBytes === 0) return null
  return pod.containerRequests.map((request) => burstable(request, nodeCapacityBytes))
}

/** Between what Guaranteed and BestEffort have, whatever the request. */
function burstable(requestBytes: number, nodeCapacityBytes: number): number {
  const adj = 1000 - Math.trunc((1000 * requestBytes) / nodeCapacityBytes)
  return Math.min(Math.max(adj, 1000 + GUARANTEED_ADJ), BEST_EFFORT_ADJ - 1)
}
