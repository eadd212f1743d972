/** What prom-client has to know of a metric. */
import type { Registry } from 'prom-client'
import { METRICS } from '../model/metric-names.ts'
import type { MetricName } from '../model/metric-names.ts'

interface MetricSettings<Name extends MetricName> {
  name: Name
  help: string
  labelNames: string[]
  registers: Registry[]
}

export function metricSettings<Name extends MetricName>(
  name: Name,
  registry: Registry,
): MetricSettings<Name> {
  return {
    name,
    help: METRICS[name].help,
    labelNames: Object.keys(METRICS[name].labels),
    registers: [registry],
  }
}
