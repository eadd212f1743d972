/** The scanner's part of `/metrics`: its workers as they are now, and what the database keeps of all hosts. */
import { setTimeout as pause } from 'node:timers/promises'
import { Counter, Gauge } from 'prom-client'
import type { Registry } from 'prom-client'
import { DEFAULT_POOL, JOB_STATES, RESTART_REASONS } from '../model/scan-job.ts'
import type { JobState, RestartReason } from '../model/scan-job.ts'
import { MAX_LABEL } from './kill-counts.ts'
import { metricSettings } from './metric-settings.ts'

export interface WorkerMemory {
  pool: string
  /** Unlike every other in the pool. */
  worker: string
  limitBytes: number
  /** Null: not known. */
  usageBytes: number | null
}

/** What the database keeps. */
export interface KeptOfScanner {
  pools: readonly string[]
  jobs: ReadonlyMap<JobState, number>
  depths: ReadonlyMap<string, number>
  restarts: readonly { pool: string; reason: RestartReason; count: number }[]
  /** Workers that other hosts tell of. */
  elsewhere: readonly WorkerMemory[]
}

/** Of a scanner that nobody has asked for anything yet. */
export const NOTHING_KEPT: KeptOfScanner = {
  pools: [DEFAULT_POOL],
  jobs: new Map(),
  depths: new Map(),
  restarts: [],
  elsewhere: [],
}

export interface ScannerSource {
  /** Rejects where the database does not answer. */
  kept(): Promise<KeptOfScanner>
  /** Of this host. */
  workers(): readonly WorkerMemory[]
  readonly counts: { readonly hits: number; readonly misses: number; readonly failures: number }
}

export interface ScannerMetrics {
  /** What the database says now; returns without it where it takes its time. */
  ask(): Promise<void>
  take(): void
}

/** So long a scrape waits for the database: Prometheus gives up after 10 seconds. */
const PATIENCE_MS = 2_000
const MAX_WORKERS = 2_000

export function createScannerMetrics(source: ScannerSource, registry: Registry): ScannerMetrics {
  const gauges = {
    usage: new Gauge(metricSettings('scanner_worker_memory_usage_bytes', registry)),
    limit: new Gauge(metricSettings('scanner_worker_memory_limit_bytes', registry)),
    jobs: new Gauge(metricSettings('scanner_jobs', registry)),
    pending: new Gauge(metricSettings('scanner_jobs_pending', registry)),
    depth: new Gauge(metricSettings('scanner_queue_depth', registry)),
  }
  const counters = {
    restarts: new Counter(metricSettings('scanner_worker_restarts_total', registry)),
    timeouts: new Counter(metricSettings('scanner_scan_timeout_total', registry)),
    hits: new Counter(metricSettings('scanner_layer_cache_hits_total', registry)),
    misses: new Counter(metricSettings('scanner_layer_cache_misses_total', registry)),
    failures: new Counter(metricSettings('scanner_sbom_generation_failures_total', registry)),
  }
  /** One at a time: what does not answer is not asked again meanwhile. */
  let asking: Promise<KeptOfScanner | null> | null = null
  /** What the latest scrape was told; null: nothing. */
  let now: KeptOfScanner | null = null
  /** Counters that have been told are told on, also without the database. */
  let known: KeptOfScanner | null = null

  function takeCounters(): void {
    counters.hits.inc(source.counts.hits)
    counters.misses.inc(source.counts.misses)
    counters.failures.inc(source.counts.failures)
    if (known === null) {
      // What has no labels says 0 after a reset.
      counters.timeouts.remove()
      return
    }
    const { restarts } = known
    for (const pool of poolsIn(known)) {
      for (const reason of RESTART_REASONS) counters.restarts.inc({ pool, reason }, 0)
    }
    for (const { pool, reason, count } of restarts) counters.restarts.inc({ pool, reason }, count)
    // Each scan that takes too long ends its worker.
    const timeouts = restarts.filter(({ reason }) => reason === 'timeout')
    counters.timeouts.inc(timeouts.reduce((sum, { count }) => sum + count, 0))
  }

  function takeGauges(): void {
    const workers = [...source.workers(), ...(now?.elsewhere ?? [])]
    for (const { pool, worker: name, limitBytes, usageBytes } of workers.slice(0, MAX_WORKERS)) {
      const labels = { pool, worker: name.slice(0, MAX_LABEL) }
      gauges.limit.set(labels, limitBytes)
      if (usageBytes !== null) gauges.usage.set(labels, usageBytes)
    }
    if (now === null) {
      gauges.pending.remove()
      return
    }
    for (const state of JOB_STATES) gauges.jobs.set({ state }, now.jobs.get(state) ?? 0)
    gauges.pending.set(now.jobs.get('queued') ?? 0)
    for (const pool of poolsIn(now)) gauges.depth.set({ pool }, now.depths.get(pool) ?? 0)
  }

  return {
    async ask() {
      asking ??= source
        .kept()
        .catch(() => null)
        .finally(() => {
          asking = null
        })
      const waiting = new AbortController()
      const { signal } = waiting
      now = await Promise.race([
        asking,
        pause(PATIENCE_MS, null, { signal, ref: false }).catch(() => null),
      ])
      waiting.abort()
      known = now ?? known
    },
    take() {
      for (const gauge of Object.values(gauges)) gauge.reset()
      for (const counter of Object.values(counters)) counter.reset()
      takeCounters()
      takeGauges()
    },
  }
}

/** Also of those that were removed: their restarts are told on, and their jobs wait. */
function poolsIn({ pools, depths, restarts }: KeptOfScanner): ReadonlySet<string> {
  return new Set([...pools, ...depths.keys(), ...restarts.map(({ pool }) => pool)])
}
