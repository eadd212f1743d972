/**
 * The metrics that stella exports, each with its meaning: what is written to `/metrics` and what rules and dashboards may ask for.
 * Names and the labels of the first part are fixed by the outside contract.
 */
import { BINDING_SCOPES, VERDICT_CODES } from './case.ts'
import { JOB_STATES, RESTART_REASONS } from './scan-job.ts'

/** One metric; its unit, where it has one, is the end of its name. */
export interface Metric {
  type: 'counter' | 'gauge' | 'histogram'
  help: string
  /**
   * The values that each label can have; null: any. A counter whose labels all have known values is exported from 0 on, with
   * every value: Prometheus sees no increase in a series that begins with 1.
   */
  labels: Readonly<Record<string, readonly string[] | null>>
}

/** A container: the machine it runs on, its platform, and its name as `stella why` takes it (`docker:web`). */
const CONTAINER = { host: null, platform: null, target: null }

/** What became of the main process of a container in which the kernel killed. */
const MAIN_PROCESS = ['died', 'survived', 'unknown'] as const

export const METRICS = {
  stella_oom_kills_total: {
    type: 'counter',
    help: 'Kills for lack of memory, by the scope of the limit that was reached.',
    labels: { scope: BINDING_SCOPES },
  },
  stella_cases_total: {
    type: 'counter',
    help: 'Cases recorded, by verdict.',
    labels: { verdict: VERDICT_CODES },
  },
  stella_container_memory_working_set_bytes: {
    type: 'gauge',
    help: 'Memory in use without inactive file pages.',
    labels: CONTAINER,
  },
  stella_container_memory_limit_bytes: {
    type: 'gauge',
    help: 'The limit that binds: its own, or a lower one above it. Absent where there is none.',
    labels: CONTAINER,
  },
  stella_container_memory_pressure_some_ratio: {
    type: 'gauge',
    help: 'Share of the last 10 seconds in which a task waited for memory (0 to 1).',
    labels: CONTAINER,
  },
  stella_container_seconds_to_limit: {
    type: 'gauge',
    help: 'Time until the limit is reached if it grows on as now. Absent where it does not grow.',
    labels: CONTAINER,
  },
  stella_detection_seconds: {
    type: 'histogram',
    help: 'Time from the event in the kernel to the recorded case.',
    labels: {},
  },
  scanner_worker_restarts_total: {
    type: 'counter',
    help: 'Restarts of scanner workers, by reason.',
    labels: { pool: null, reason: RESTART_REASONS },
  },
  scanner_worker_memory_usage_bytes: {
    type: 'gauge',
    help: 'Working set of the memory group of a worker of this host: what is charged, without inactive file pages. Where no group limits it: what it has resident.',
    labels: { pool: null, worker: null },
  },
  scanner_worker_memory_limit_bytes: {
    type: 'gauge',
    help: 'Memory limit of a worker; one of another host is told as NAME@HOST.',
    labels: { pool: null, worker: null },
  },
  scanner_jobs: {
    type: 'gauge',
    help: 'Jobs that are kept, by state.',
    labels: { state: JOB_STATES },
  },
  scanner_queue_depth: {
    type: 'gauge',
    help: 'Jobs that wait for a worker of a pool.',
    labels: { pool: null },
  },
  scanner_layer_cache_hits_total: {
    type: 'counter',
    help: 'Layers whose result the workers of this host found in the cache.',
    labels: {},
  },
  scanner_layer_cache_misses_total: {
    type: 'counter',
    help: 'Layers that the workers of this host had to scan.',
    labels: {},
  },

  // What rules need beyond the contract.
  stella_container_oom_kills_total: {
    type: 'counter',
    help: 'Kills for lack of memory in a container, by what became of its main process. Exported with 0 for each container.',
    labels: { ...CONTAINER, main_process: MAIN_PROCESS },
  },
  stella_host_memory_bytes: {
    type: 'gauge',
    help: 'Memory of a machine.',
    labels: { host: null },
  },
  stella_host_memory_available_bytes: {
    type: 'gauge',
    help: 'Memory that can be had without swapping, as the kernel estimates it.',
    labels: { host: null },
  },
  scanner_scan_timeout_total: {
    type: 'counter',
    help: 'Scans that were ended because they took too long.',
    labels: {},
  },
  scanner_sbom_generation_failures_total: {
    type: 'counter',
    help: 'Jobs of this host that failed at their last try: there is no bill of materials.',
    labels: {},
  },
  scanner_jobs_pending: {
    type: 'gauge',
    help: 'Jobs that wait, in all pools.',
    labels: {},
  },
} as const satisfies Readonly<Record<string, Metric>>

export type MetricName = keyof typeof METRICS
