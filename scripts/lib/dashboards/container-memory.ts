import { NEAR_LIMIT, row } from './panels.ts'
import type { Dashboard } from './panels.ts'

const CONTAINER = '{host=~"$host",target=~"$target"}'
const HOST = '{host=~"$host"}'

export const CONTAINER_MEMORY: Dashboard = {
  uid: 'stella-container-memory',
  title: 'Container Memory',
  description: 'Who ran out of memory, who will, and on which machine.',
  variables: [
    {
      name: 'host',
      label: 'Machine',
      query: 'label_values(stella_container_memory_working_set_bytes, host)',
    },
    {
      name: 'target',
      label: 'Container',
      query: 'label_values(stella_container_memory_working_set_bytes{host=~"$host"}, target)',
    },
  ],
  events: {
    expr: `sum by (host, target) (increase(stella_container_oom_kills_total${CONTAINER}[1m])) > 0`,
    legend: 'Kill in {{target}} on {{host}}',
  },
  panels: [
    row('What happened'),
    {
      type: 'stat',
      title: 'Kills',
      description:
        'Kills for lack of memory in the time shown, by the scope of the limit that was reached.',
      width: 8,
      height: 8,
      queries: [
        {
          expr: 'round(sum by (scope) (increase(stella_oom_kills_total[$__range]))) > 0 or vector(0)',
          legend: '{{scope}}',
        },
      ],
      thresholds: [
        { value: null, color: 'green' },
        { value: 1, color: 'red' },
      ],
    },
    {
      type: 'timeseries',
      title: 'Kills by scope',
      description:
        'container: its own limit. ancestor: a limit above it. nested: one inside it. host, numa: the machine. userspace: systemd-oomd and the like.',
      width: 8,
      height: 8,
      queries: [
        {
          expr: 'sum by (scope) (increase(stella_oom_kills_total[$__rate_interval])) > 0',
          legend: '{{scope}}',
        },
      ],
      look: 'bars',
    },
    {
      type: 'timeseries',
      title: 'Cases by verdict',
      description:
        'What was recorded, kills or not: also runtimes that gave up by themselves, evictions, hangs and thrashing.',
      width: 8,
      height: 8,
      queries: [
        {
          expr: 'sum by (verdict) (increase(stella_cases_total[$__rate_interval])) > 0',
          legend: '{{verdict}}',
        },
      ],
      look: 'bars',
    },
    {
      type: 'bargauge',
      title: 'Kills by container',
      description:
        'In the time shown. survived: a child was killed, and the main process lives, so that no engine tells of it.',
      width: 16,
      height: 8,
      queries: [
        {
          expr: `topk(20, round(sum by (host, target, main_process) (increase(stella_container_oom_kills_total${CONTAINER}[$__range])))) > 0`,
          legend: '{{target}} on {{host}}: main process {{main_process}}',
        },
      ],
    },
    {
      type: 'timeseries',
      title: 'From the kill to the recorded case',
      description: 'How long it took until a case stood in the store.',
      width: 8,
      height: 8,
      queries: [
        {
          expr: 'histogram_quantile(0.5, sum by (le) (rate(stella_detection_seconds_bucket[$__rate_interval])))',
          legend: 'half of them',
        },
        {
          expr: 'histogram_quantile(0.99, sum by (le) (rate(stella_detection_seconds_bucket[$__rate_interval])))',
          legend: '99 of 100',
        },
      ],
      unit: 's',
    },

    row('Before the kill'),
    {
      type: 'timeseries',
      title: 'Working set against the limit',
      description: 'Memory in use without inactive file pages; dashed: the limit that binds.',
      width: 24,
      height: 10,
      queries: [
        {
          expr: `stella_container_memory_working_set_bytes${CONTAINER}`,
          legend: '{{target}} on {{host}}',
        },
        {
          expr: `stella_container_memory_limit_bytes${CONTAINER}`,
          legend: 'limit of {{target}} on {{host}}',
        },
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
          expr: `topk(20, stella_container_memory_working_set_bytes${CONTAINER} / (stella_container_memory_limit_bytes${CONTAINER} > 0))`,
          legend: '{{target}} on {{host}}',
        },
      ],
      unit: 'percentunit',
      max: 1,
      thresholds: NEAR_LIMIT,
    },
    {
      type: 'timeseries',
      title: 'Pressure',
      description: 'Share of the time in which a task waited for memory.',
      width: 8,
      height: 8,
      queries: [
        {
          expr: `topk(20, stella_container_memory_pressure_some_ratio${CONTAINER})`,
          legend: '{{target}} on {{host}}',
        },
      ],
      unit: 'percentunit',
      thresholds: [
        { value: null, color: 'green' },
        { value: 0.1, color: 'orange' },
      ],
    },
    {
      type: 'bargauge',
      title: 'Time to the limit',
      description: 'If it grows on as now. What does not grow is not shown.',
      width: 8,
      height: 8,
      queries: [
        {
          expr: `bottomk(10, stella_container_seconds_to_limit${CONTAINER})`,
          legend: '{{target}} on {{host}}',
        },
      ],
      unit: 's',
      thresholds: [
        { value: null, color: 'red' },
        { value: 3600, color: 'orange' },
        { value: 14_400, color: 'green' },
      ],
    },

    row('Machines'),
    {
      type: 'timeseries',
      title: 'Limits against the memory of the machine',
      description:
        'Above 100 % the machine runs out before all containers reach their limits. Containers without a limit are not in it.',
      width: 8,
      height: 8,
      queries: [
        {
          expr: `sum by (job, instance, host) (stella_container_memory_limit_bytes${HOST}) / on (job, instance, host) stella_host_memory_bytes${HOST}`,
          legend: '{{host}}',
        },
      ],
      unit: 'percentunit',
      thresholds: [
        { value: null, color: 'green' },
        { value: 1, color: 'orange' },
      ],
    },
    {
      type: 'timeseries',
      title: 'Available memory',
      description:
        'What can be had without swapping, as the kernel estimates it; dashed: all there is.',
      width: 8,
      height: 8,
      queries: [
        { expr: `stella_host_memory_available_bytes${HOST}`, legend: '{{host}}' },
        { expr: `stella_host_memory_bytes${HOST}`, legend: 'all of {{host}}' },
      ],
      unit: 'bytes',
      dashed: /^all of /,
    },
    {
      type: 'timeseries',
      title: 'Containers without a limit',
      width: 8,
      height: 8,
      queries: [
        {
          expr: `count by (host) (stella_container_memory_working_set_bytes{host=~"$host",platform=~"docker|podman|kubernetes|marathon"} unless on (job, instance, host, platform, target) stella_container_memory_limit_bytes)`,
          legend: '{{host}}',
        },
      ],
    },
  ],
}
