/** `/metrics`, in Prometheus' text format. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { describeCgroupPath } from '../evidence/cgroup-path.ts'
import { subjectAt } from '../investigate/subjects.ts'
import { BINDING_SCOPES, VERDICT_CODES } from '../model/case.ts'
import type { MetricName } from '../model/metric-names.ts'
import type { Row, Snapshot } from '../watch/row.ts'
import { MAX_LABEL, targetOf } from './kill-counts.ts'
import type { KillCounts } from './kill-counts.ts'
import { metricSettings } from './metric-settings.ts'
import { createScannerMetrics } from './scanner-metrics.ts'
import type { ScannerSource } from './scanner-metrics.ts'

export interface Metrics {
  readonly contentType: string
  text(): Promise<string>
  /** Seconds from an event in the kernel to its recorded case. */
  detected(seconds: number): void
}

export interface MetricsSource {
  /** The name of this machine. */
  host: string
  snapshot(): Snapshot | null
  counts: KillCounts
  /** Brings the counters up to date, and writes them down before they are told. */
  keepCounts(): void
  scanner: ScannerSource
}

/** From a look at the log to a slow disk. */
const DETECTION_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const MAIN_PROCESS = ['died', 'survived', 'unknown'] as const
/** Containers that are told; those that stand behind them in the order of their paths are left out. */
const MAX_CONTAINERS = 2_000

export function createMetrics(source: MetricsSource): Metrics {
  const registry = new Registry()
  const settings = <Name extends MetricName>(name: Name) => metricSettings(name, registry)
  const gauges = {
    workingSet: new Gauge(settings('stella_container_memory_working_set_bytes')),
    limit: new Gauge(settings('stella_container_memory_limit_bytes')),
    pressure: new Gauge(settings('stella_container_memory_pressure_some_ratio')),
    secondsToLimit: new Gauge(settings('stella_container_seconds_to_limit')),
    hostMemory: new Gauge(settings('stella_host_memory_bytes')),
    hostAvailable: new Gauge(settings('stella_host_memory_available_bytes')),
  }
  const cases = new Counter(settings('stella_cases_total'))
  const kills = new Counter(settings('stella_oom_kills_total'))
  const containerKills = new Counter(settings('stella_container_oom_kills_total'))
  const detection = new Histogram({
    ...settings('stella_detection_seconds'),
    buckets: DETECTION_SECONDS,
  })
  const scanner = createScannerMetrics(source.scanner, registry)

  function takeCounts(): void {
    const { counts } = source
    source.keepCounts()
    for (const counter of [cases, kills, containerKills]) counter.reset()
    for (const verdict of VERDICT_CODES) cases.inc({ verdict }, counts.verdicts.get(verdict) ?? 0)
    for (const scope of BINDING_SCOPES) kills.inc({ scope }, counts.scopes.get(scope) ?? 0)
    for (const { host, platform, target, mainProcess, count } of counts.containers) {
      containerKills.inc({ host, platform, target, main_process: mainProcess }, count)
    }
  }

  function takeSnapshot(snapshot: Snapshot): void {
    const { host } = source
    const { totalBytes, availableBytes } = snapshot.host
    if (totalBytes !== null) gauges.hostMemory.set({ host }, totalBytes)
    if (availableBytes !== null) gauges.hostAvailable.set({ host }, availableBytes)
    const containers = snapshot.rows.flatMap((row) => {
      const labels = labelsOf(row, host)
      return labels === null ? [] : [{ row, labels }]
    })
    for (const { row, labels } of containers.slice(0, MAX_CONTAINERS)) {
      if (row.usageBytes !== null) gauges.workingSet.set(labels, row.usageBytes)
      if (row.limit !== null && row.limit.scope !== 'host')
        gauges.limit.set(labels, row.limit.limitBytes)
      const some = row.pressure?.someAvg10 ?? null
      if (some !== null) gauges.pressure.set(labels, some / 100)
      const { timeLeft } = row
      if (timeLeft.kind === 'seconds') gauges.secondsToLimit.set(labels, timeLeft.low)
      if (timeLeft.kind === 'now') gauges.secondsToLimit.set(labels, 0)
      // Prometheus sees no increase in a series that begins with 1.
      for (const main of MAIN_PROCESS) containerKills.inc({ ...labels, main_process: main }, 0)
    }
  }

  return {
    contentType: registry.contentType,
    detected: (seconds) => detection.observe(seconds),
    async text() {
      await scanner.ask()
      for (const gauge of Object.values(gauges)) gauge.reset()
      takeCounts()
      const snapshot = source.snapshot()
      if (snapshot !== null) takeSnapshot(snapshot)
      scanner.take()
      source.counts.wereRead()
      return registry.metrics()
    },
  }
}

interface ContainerLabels extends Record<string, string> {
  host: string
  platform: string
  target: string
}

/** The same as a kill in it is counted with. Null: it is no container, or a group inside one. */
function labelsOf({ path, container, gone }: Row, host: string): ContainerLabels | null {
  if (container === null || gone) return null
  const identity = describeCgroupPath(path)
  if (identity.helperOf !== null || identity.containerPath !== identity.path) return null
  const { platform, name, id } = subjectAt(identity)
  const isEngine = platform === 'docker' || platform === 'podman'
  return {
    host: host.slice(0, MAX_LABEL),
    platform,
    target: targetOf({ platform, name: isEngine ? container.name : name, id }),
  }
}
