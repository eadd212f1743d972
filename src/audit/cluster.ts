import type { Place } from './documents/place.ts'
import type { Said } from './machine.ts'

/** A cluster as it was seen while it ran, as `stella audit --cluster` wrote it down. Null is not known. */
export interface Cluster {
  place: Place
  nodes: readonly ClusterNode[]
  /** What the pods of workloads went through. */
  lives: readonly WorkloadLife[]
  /** Containers whose limit is being lowered while they run. */
  resizes: readonly PendingResize[]
}

/** A node with what its pods ask for, may take and use, all together. */
export interface ClusterNode {
  name: string
  place: Place
  /** What pods may request of it. */
  allocatableBytes: number | null
  requestBytes: number
  /** Of those that have a limit. */
  limitBytes: number
  /** Working sets of its pods. */
  usageBytes: number | null
  pods: number
  /** Pods that have neither requests nor limits. */
  bestEffort: number
  /** The kubelet says that memory is short. */
  hasPressure: Said<boolean> | null
}

/** What happened to the pods of a workload, as far as the API server still tells. */
export interface WorkloadLife {
  kind: string
  namespace: string
  name: string
  place: Place
  pods: number
  /** Pods that the kubelet evicted for memory, and whose objects are still there. */
  evicted: number
  containers: readonly ContainerLife[]
}

export interface ContainerLife {
  name: string
  place: Place
  /** In how many pods its last end was a kill for memory. */
  killed: number
  /** RFC 3339. */
  lastKillAt: string | null
  restarts: number
  /** The largest working set of all its pods, at one moment. */
  usageBytes: number | null
}

export interface PendingResize {
  /** `shop/web-0`. */
  pod: string
  container: string
  /** The limit that holds. */
  limitBytes: number
  /** The one that is asked for. */
  wanted: Said<number>
  usageBytes: number | null
}

/** What a workload's pods went through; null where nobody looked. */
export function lifeOf(
  clusters: readonly Cluster[],
  { kind, namespace, name }: Pick<WorkloadLife, 'kind' | 'namespace' | 'name'>,
): WorkloadLife | null {
  for (const { lives } of clusters) {
    const found = lives.find(
      (life) => life.name === name && life.namespace === namespace && life.kind === kind,
    )
    if (found !== undefined) return found
  }
  return null
}
