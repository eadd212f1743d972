import type { QosClass } from '../../parsers/kubernetes/qos.ts'

/** One pod of a node, as the kubelet ranks it. */
export interface EvictionPod {
  name: string
  /** Sum of its containers' requests; 0 where it has none. */
  requestBytes: number
  /** Working set; null where the kubelet has no figures of it. */
  usageBytes: number | null
  /** Sum of its limits; null where a container has none, or where it is not known. */
  limitBytes: number | null
  /** 0 without a PriorityClass. */
  priority: number
  /** A static pod: made from a file on the node, not by the API server. */
  isStatic: boolean
  priorityClassName: string | null
  /** As the API server says or would say; null to tell it from requests and limits of memory. */
  qosClass: QosClass | null
  /** Request of each container, which its oom_score_adj depends on. */
  containerRequests: readonly number[]
}

/** scheduling.SystemCriticalPriority: no class of a user can be as high. */
const SYSTEM_CRITICAL = 2_000_000_000
const NODE_CRITICAL = 'system-node-critical'

/** kubelet types.IsCriticalPod: the kubelet ranks such a pod and then passes it over. */
export function isCritical(pod: EvictionPod): boolean {
  return pod.isStatic || pod.priority >= SYSTEM_CRITICAL
}

/** kubelet types.IsNodeCriticalPod. */
export function isNodeCritical(pod: EvictionPod): boolean {
  return isCritical(pod) && pod.priorityClassName === NODE_CRITICAL
}
