import type { Instant } from './time.ts'

/** What a kubelet tells of the memory of a pod or of one of its containers, at one moment. Null is not told. */
export interface KubeletFigures {
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
}
