import type { Instant } from './time.ts'

/** What a kubelet tells of the memory of a pod or of one of its containers, at one moment. Null is not told. */
export interface KubeletFigures {
  kind: 'kubelet-figures'
  node: string | null
  namespace: string
  pod: string
  /** Null: the pod as a whole. */
  container: string | null
  podUid: string | null
  image: string | null
  /** Which of its pages: the first tells most, `kubectl top` shows the last. */
  source: 'metrics/cadvisor' | 'stats/summary' | 'metrics-server'
  at: Instant | null
  /** The memory group on its node. */
  path: string | null
  /** All that is charged. */
  usageBytes: number | null
  workingSetBytes: number | null
  /** Anonymous memory: `rss` of memory.stat of cgroup v1, `anon` of v2. It is no resident set. */
  rssBytes: number | null
  /** Page cache with tmpfs: `cache` of v1, `file` of v2. */
  cacheBytes: number | null
  inactiveFileBytes: number | null
  /** Part of the page cache. */
  mappedFileBytes: number | null
  kernelBytes: number | null
  swapBytes: number | null
  /** The kernel's high-water mark. */
  peakBytes: number | null
  limitBytes: number | null
  /** cgroup v2: what it may swap out at most. Null also for none at all, which looks like no limit. */
  swapLimitBytes: number | null
  /** Kills in its group that it has counted since it runs. 0 is no proof that there was none. */
  oomKills: number | null
}

/** The working set of a pod's containers at one moment, as the kubelet tells it (what `kubectl top` shows). */
export interface PodUsage {
  namespace: string
  name: string
  /** When the kubelet measured it. */
  at: Instant | null
  containers: readonly { name: string; bytes: number }[]
  /** Of the pod as a whole, what holds its containers together included; null where it is not told. */
  workingSetBytes: number | null
}

/** How a node's kubelet deals with memory, as the configuration says that it runs with (`/configz`). */
export interface KubeletSettings {
  kind: 'kubelet-settings'
  /** Null: the answer was kept without the name of its node. */
  node: string | null
  /** `NoSwap`, as where nothing is set: its pods get none, whatever the node has. `LimitedSwap`: a share, on cgroup v2. */
  swapBehavior: string
  /** False, or on cgroup v2 not set: the kernel kills a container as a whole. */
  singleProcessOomKill: boolean | null
  /** Feature gate MemoryQoS: memory.high of a container is request + factor × (limit − request). Null: it is off. */
  throttlingFactor: number | null
  /** When pods are evicted for memory: signal `memory.available`. */
  evictions: readonly EvictionThreshold[]
}

export interface EvictionThreshold {
  kind: 'hard' | 'soft'
  /** As it is set: `100Mi`, `5%` of the node's memory. */
  set: string
  /** Null where it is a share, and the node's memory is not known. */
  bytes: number | null
  percent: number | null
  /** `1m30s`: how long a soft one has to last. */
  grace: string | null
}
