import { describe, expect, it } from 'vitest'
import { METRICS } from '../model/metric-names.ts'
import { createKillCounts } from './kill-counts.ts'
import { createMetrics } from './metrics.ts'
import { NOTHING_KEPT } from './scanner-metrics.ts'
import type { KeptOfScanner, ScannerSource } from './scanner-metrics.ts'

const KEPT: KeptOfScanner = {
  pools: ['default', 'large'],
  jobs: new Map([['queued', 3]]),
  depths: new Map([['large', 3]]),
  restarts: [
    { pool: 'default', reason: 'oom', count: 2 },
    { pool: 'default', reason: 'timeout', count: 1 },
    { pool: 'gone', reason: 'timeout', count: 4 },
  ],
  elsewhere: [{ pool: 'large', worker: 'large-1@b', limitBytes: 300, usageBytes: null }],
}

/** Reads `/metrics` over a scanner, as series and values. */
function metricsOver(source: Partial<ScannerSource>): {
  text(): Promise<string>
  scrape(): Promise<Map<string, number>>
} {
  const { text } = createMetrics({
    host: 'a',
    snapshot: () => null,
    counts: createKillCounts({ now: () => 0, kept: null }),
    keepCounts: () => undefined,
    scanner: {
      kept: async () => KEPT,
      workers: () => [{ pool: 'default', worker: 'default-1', limitBytes: 100, usageBytes: 60 }],
      counts: { hits: 7, misses: 5, failures: 1 },
      ...source,
    },
  })
  return {
    text,
    async scrape() {
      const lines = (await text()).split('\n').filter((line) => line.startsWith('scanner_'))
      return new Map(
        lines.map((line) => {
          const at = line.lastIndexOf(' ')
          return [line.slice(0, at), Number(line.slice(at + 1))]
        }),
      )
    },
  }
}

const restarts = (pool: string, reason: string): string =>
  `scanner_worker_restarts_total{pool="${pool}",reason="${reason}"}`

it('exports every metric that rules and dashboards may ask for, and no other', async () => {
  const text = await metricsOver({}).text()
  const exported = [...text.matchAll(/^# TYPE (.+)$/gm)].map(([, named = '']) => named)
  const wanted = Object.entries(METRICS).map(([name, { type }]) => `${name} ${type}`)
  expect(exported.toSorted()).toEqual(wanted.toSorted())
})

describe('the scanner in /metrics', () => {
  it('tells of workers, jobs and queues, and of each pool every reason from 0 on', async () => {
    const series = await metricsOver({}).scrape()
    expect(Object.fromEntries(series)).toEqual({
      'scanner_worker_memory_usage_bytes{pool="default",worker="default-1"}': 60,
      'scanner_worker_memory_limit_bytes{pool="default",worker="default-1"}': 100,
      'scanner_worker_memory_limit_bytes{pool="large",worker="large-1@b"}': 300,
      'scanner_jobs{state="queued"}': 3,
      'scanner_jobs{state="running"}': 0,
      'scanner_jobs{state="done"}': 0,
      'scanner_jobs{state="failed"}': 0,
      'scanner_jobs{state="timeout"}': 0,
      'scanner_jobs{state="cancelled"}': 0,
      scanner_jobs_pending: 3,
      'scanner_queue_depth{pool="default"}': 0,
      'scanner_queue_depth{pool="large"}': 3,
      'scanner_queue_depth{pool="gone"}': 0,
      [restarts('default', 'oom')]: 2,
      [restarts('default', 'crash')]: 0,
      [restarts('default', 'timeout')]: 1,
      [restarts('default', 'manual')]: 0,
      [restarts('default', 'config')]: 0,
      [restarts('large', 'oom')]: 0,
      [restarts('large', 'crash')]: 0,
      [restarts('large', 'timeout')]: 0,
      [restarts('large', 'manual')]: 0,
      [restarts('large', 'config')]: 0,
      [restarts('gone', 'oom')]: 0,
      [restarts('gone', 'crash')]: 0,
      [restarts('gone', 'timeout')]: 4,
      [restarts('gone', 'manual')]: 0,
      [restarts('gone', 'config')]: 0,
      scanner_scan_timeout_total: 5,
      scanner_layer_cache_hits_total: 7,
      scanner_layer_cache_misses_total: 5,
      scanner_sbom_generation_failures_total: 1,
    })
  })

  it('that nobody has asked for anything has counters at 0, and no workers', async () => {
    const series = await metricsOver({
      kept: async () => NOTHING_KEPT,
      workers: () => [],
      counts: { hits: 0, misses: 0, failures: 0 },
    }).scrape()
    expect(series.get(restarts('default', 'oom'))).toBe(0)
    expect([...series.values()].every((value) => value === 0)).toBe(true)
    expect([...series.keys()].filter((name) => name.startsWith('scanner_worker_memory'))).toEqual(
      [],
    )
  })

  it('says nothing of a database that has never answered, but what it knows without it', async () => {
    const metrics = metricsOver({ kept: () => Promise.reject(new Error('away')) })
    expect([...(await metrics.scrape()).keys()].toSorted()).toEqual([
      'scanner_layer_cache_hits_total',
      'scanner_layer_cache_misses_total',
      'scanner_sbom_generation_failures_total',
      'scanner_worker_memory_limit_bytes{pool="default",worker="default-1"}',
      'scanner_worker_memory_usage_bytes{pool="default",worker="default-1"}',
    ])
    expect(await metrics.text()).toContain('stella_cases_total{verdict="oom-own-limit"} 0')
  })

  it('waits for a slow database once and shortly, tells counters on, and no gauge that may be wrong', async () => {
    let asked = 0
    let isSlow = false
    let answer: (kept: KeptOfScanner) => void = () => undefined
    const metrics = metricsOver({
      kept() {
        asked++
        return isSlow ? new Promise((resolve) => (answer = resolve)) : Promise.resolve(KEPT)
      },
    })
    await metrics.scrape()
    isSlow = true
    const begun = performance.now()
    const series = await metrics.scrape()
    expect(performance.now() - begun).toBeLessThan(5_000)
    expect(series.get(restarts('default', 'oom'))).toBe(2)
    expect(series.get('scanner_scan_timeout_total')).toBe(5)
    const gauges = [...series.keys()].filter((name) => /^scanner_(?:jobs|queue)/.test(name))
    expect(gauges).toEqual([])
    const next = metrics.scrape()
    answer({ ...KEPT, restarts: [{ pool: 'default', reason: 'oom', count: 3 }] })
    expect((await next).get(restarts('default', 'oom'))).toBe(3)
    expect(asked).toBe(2)
  })
})
