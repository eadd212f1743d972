import type { Figure } from './csv-columns.ts'

/** What a metric tells of a container or a process. */
export type Meaning =
  | { kind: 'figure'; figure: Figure; of: 'container' | 'process' | 'orchestrator' }
  /** Another value is another life. */
  | { kind: 'life' }

const container = (figure: Figure): Meaning => ({ kind: 'figure', figure, of: 'container' })
const process = (figure: Figure): Meaning => ({ kind: 'figure', figure, of: 'process' })
const orchestrator = (figure: Figure): Meaning => ({ kind: 'figure', figure, of: 'orchestrator' })
const LIFE: Meaning = { kind: 'life' }

/**
 * cAdvisor (metrics/prometheus.go), kube-state-metrics (docs/metrics/workload/pod-metrics.md) and the process collector that
 * every client library has. container_memory_cache is left out: it counts tmpfs, too, and nothing says how much.
 */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  container_memory_usage_bytes: container('usageBytes'),
  container_memory_working_set_bytes: container('workingSetBytes'),
  // anon of memory.stat; v1's rss, which is anonymous memory with what of it is in the swap cache.
  container_memory_rss: container('anonBytes'),
  container_memory_swap: container('swapBytes'),
  container_memory_max_usage_bytes: container('peakBytes'),
  container_memory_failcnt: container('limitHits'),
  container_oom_events_total: container('oomKills'),
  container_processes: container('processes'),
  container_spec_memory_limit_bytes: container('limitBytes'),
  container_start_time_seconds: LIFE,
  kube_pod_container_resource_limits: orchestrator('limitBytes'),
  kube_pod_container_resource_limits_memory_bytes: orchestrator('limitBytes'),
  kube_pod_container_status_restarts_total: LIFE,
  process_resident_memory_bytes: process('usageBytes'),
  process_start_time_seconds: LIFE,
}

/** Null: it tells nothing that is known here. */
export function meaningOf(metric: string): Meaning | null {
  return Object.hasOwn(MEANINGS, metric) ? (MEANINGS[metric] ?? null) : null
}
