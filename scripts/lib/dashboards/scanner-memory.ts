import { NEAR_LIMIT, row } from './panels.ts'
import type { Dashboard } from './panels.ts'

const WORKER = '{instance=~"$instance",pool=~"$pool",worker=~"$worker"}'
const POOL = '{instance=~"$instance",pool=~"$pool"}'
const INSTANCE = '{instance=~"$instance"}'

export const SCANNER_MEMORY: Dashboard = {
  uid: 'stella-scanner-memory',
  title: 'Scanner Memory',
  description: 'The memory of the workers of the scanner, and what becomes of their jobs.',
  variables: [
    {
      name: 'instance',
      label: 'Server',
      query: 'label_values(scanner_worker_memory_limit_bytes, instance)',
    },
    {
      name: 'pool',
      label: 'Pool',
      query: 'label_values(scanner_worker_memory_limit_bytes{instance=~"$instance"}, pool)',
    },
    {
      name: 'worker',
      label: 'Worker',
      query:
        'label_values(scanner_worker_memory_limit_bytes{instance=~"$instance",pool=~"$pool"}, worker)',
    },
  ],
  events: {
    expr: 'sum by (pool) (increase(scanner_worker_restarts_total{instance=~"$instance",pool=~"$pool",reason="oom"}[1m])) > 0',
    legend: 'A worker of pool {{pool}} ran out of memory',
  },
  panels: [
    row('Workers'),
    {
      type: 'timeseries',
      title: 'Memory against the limit',
      description: 'Working set: memory in use without inactive file pages; dashed: the limit.',
      width: 24,
      height: 10,
      queries: [
        { expr: `scanner_worker_memory_usage_bytes${WORKER}`, legend: '{{worker}}' },
        { expr: `scanner_worker_memory_limit_bytes${WORKER}`, legend: 'limit of {{worker}}' },
      ],
      unit: 'bytes',
      dashed: /^limit of /,
    },
    {
      type: 'timeseries',
      title: 'Share of the limit',
      width: 8,
      height: 8,
      queries: [
        {
          expr: `scanner_worker_memory_usage_bytes${WORKER} / (scanner_worker_memory_limit_bytes${WORKER} > 0)`,
          legend: '{{worker}}',
        },
      ],
      unit: 'percentunit',
      max: 1,
      thresholds: NEAR_LIMIT,
    },
    {
      type: 'timeseries',
      title: 'Restarts by reason',
      width: 8,
      height: 8,
      queries: [
        {
          expr: `sum by (pool, reason) (increase(scanner_worker_restarts_total${POOL}[$__rate_interval])) > 0`,
          legend: '{{pool}}: {{reason}}',
        },
      ],
      look: 'bars',
    },
    {
      type: 'stat',
      title: 'Restarts for lack of memory',
      description: 'In the time shown.',
      width: 8,
      height: 8,
      queries: [
        {
          expr: 'round(sum by (pool) (increase(scanner_worker_restarts_total{instance=~"$instance",pool=~"$pool",reason="oom"}[$__range])))',
          legend: '{{pool}}',
        },
      ],
      thresholds: [
        { value: null, color: 'green' },
        { value: 1, color: 'red' },
      ],
    },

    row('Scans'),
    {
      type: 'timeseries',
      title: 'The most memory that workers had in use',
      description: 'The limit of a pool should hold it. A peak between two scrapes is not seen.',
      width: 8,
      height: 8,
      queries: [
        {
          expr: `max by (pool) (max_over_time(scanner_worker_memory_usage_bytes${WORKER}[$__rate_interval]))`,
          legend: 'working set in {{pool}}',
        },
        {
          expr: `min by (pool) (scanner_worker_memory_limit_bytes${WORKER})`,
          legend: 'limit of {{pool}}',
        },
      ],
      unit: 'bytes',
      dashed: /^limit of /,
    },
    {
      type: 'timeseries',
      title: 'Jobs that wait',
      width: 8,
      height: 8,
      queries: [{ expr: `scanner_queue_depth${POOL}`, legend: '{{pool}}' }],
      thresholds: [
        { value: null, color: 'green' },
        { value: 100, color: 'orange' },
        { value: 500, color: 'red' },
      ],
    },
    {
      type: 'timeseries',
      title: 'Jobs by state',
      width: 8,
      height: 8,
      queries: [{ expr: `sum by (state) (scanner_jobs${INSTANCE})`, legend: '{{state}}' }],
    },
    {
      type: 'timeseries',
      title: 'Scans that failed',
      width: 12,
      height: 8,
      queries: [
        {
          expr: `sum(increase(scanner_scan_timeout_total${INSTANCE}[$__rate_interval]))`,
          legend: 'took too long',
        },
        {
          expr: `sum(increase(scanner_sbom_generation_failures_total${INSTANCE}[$__rate_interval]))`,
          legend: 'no bill of materials',
        },
      ],
      look: 'bars',
    },
    {
      type: 'timeseries',
      title: 'Layers found in the cache',
      description: 'A layer that is found is not scanned again, and needs no memory.',
      width: 12,
      height: 8,
      queries: [
        {
          expr: `sum(rate(scanner_layer_cache_hits_total${INSTANCE}[$__rate_interval])) / (sum(rate(scanner_layer_cache_hits_total${INSTANCE}[$__rate_interval])) + sum(rate(scanner_layer_cache_misses_total${INSTANCE}[$__rate_interval])))`,
          legend: 'share of all layers',
        },
      ],
      unit: 'percentunit',
      max: 1,
    },
  ],
}
