import { METRICS } from '../../src/model/metric-names.ts'
import type { Metric } from '../../src/model/metric-names.ts'

const PARTS: readonly (readonly [prefix: string, title: string])[] = [
  ['stella_', 'Kills, cases and containers'],
  ['scanner_', 'The scanner'],
]

/** Every metric of `/metrics`, as a page of the reference. */
export function metricsReference(): string {
  const metrics: readonly (readonly [string, Metric])[] = Object.entries(METRICS)
  return [
    '# Metrics',
    '',
    'This page is made from the program: `node scripts/docs.ts` writes it, and a test fails when it has fallen behind.',
    '',
    '`stella serve` tells them at `/metrics`, in the text format of Prometheus. Sizes are bytes, times are seconds. What is not known is',
    'absent, and never 0. [The alerts](alerts.md) ask for them; [the guide](../guides/alerts.md) says how to load them.',
    '',
    ...PARTS.flatMap(([prefix, title]) => [
      `## ${title}`,
      '',
      ...metrics.filter(([name]) => name.startsWith(prefix)).flatMap(chapter),
    ]),
  ].join('\n')
}

function chapter([name, { type, help, labels }]: readonly [string, Metric]): string[] {
  return [`### ${name}`, '', `A ${type}. ${help}`, '', ...labelLines(labels)]
}

function labelLines(labels: Metric['labels']): string[] {
  const lines = Object.entries(labels).map(
    ([label, values]) =>
      `- \`${label}\`: ${values === null ? 'any' : values.map((value) => `\`${value}\``).join(', ')}`,
  )
  return lines.length === 0 ? [] : [...lines, '']
}
