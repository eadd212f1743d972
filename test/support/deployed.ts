/** What deploy/ holds for Prometheus and Grafana, and which metrics it asks for. */
import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

export const DEPLOY = fileURLToPath(new URL('../../deploy/', import.meta.url))

export interface Rule {
  file: string
  alert?: string
  record?: string
  expr: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
}

export function deployedRules(): Rule[] {
  return globSync('prometheus/rules/*.yaml', { cwd: DEPLOY }).flatMap((path) => {
    const { groups }: { groups: { rules: Rule[] }[] } = parse(text(path))
    return groups.flatMap(({ rules }) => rules.map((rule) => ({ ...rule, file: basename(path) })))
  })
}

/** By the program that exports them: names of metrics. */
export function exporterMetrics(): Record<string, { metrics: Record<string, object> }> {
  return parse(text('prometheus/exporters.yaml'))
}

export interface DashboardModel {
  uid: string
  title: string
  panels: PanelModel[]
  templating: { list: { name: string; type: string; query: string | { query: string } }[] }
  annotations: { list: { target: { expr: string } }[] }
}

export interface PanelModel {
  id: number
  type: string
  title: string
  gridPos: { x: number; y: number; w: number; h: number }
  datasource?: { uid: string }
  targets?: { refId: string; expr: string; legendFormat: string }[]
  fieldConfig?: { defaults: { unit: string } }
}

export function deployedDashboards(): (DashboardModel & { file: string })[] {
  return globSync('grafana/dashboards/*.json', { cwd: DEPLOY }).map((path) => ({
    ...JSON.parse(text(path)),
    file: basename(path),
  }))
}

/** Every query of a dashboard as it reaches Prometheus: with values in the place of Grafana's variables. */
export function queriesOf(dashboard: DashboardModel): string[] {
  return [
    ...dashboard.panels.flatMap(({ targets }) => (targets ?? []).map(({ expr }) => expr)),
    ...dashboard.annotations.list.map(({ target }) => target.expr),
  ].map((expr) =>
    expr
      .replaceAll('$__rate_interval', '5m')
      .replaceAll('$__range', '6h')
      .replaceAll(/"\$\w+"/g, '".*"'),
  )
}

export function text(path: string): string {
  return readFileSync(`${DEPLOY}${path}`, 'utf8')
}

export interface Selector {
  metric: string
  /** Each matcher with its operator and value. */
  matchers: { label: string; operator: string; value: string }[]
}

const WORDS = new Set(['and', 'or', 'unless', 'bool', 'offset', 'on', 'ignoring', 'by', 'without'])

/** The series that a PromQL expression selects by name; whether it is right at all, Prometheus itself says. */
export function selectorsOf(expr: string): Selector[] {
  const withoutLabelLists = expr.replaceAll(
    /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g,
    ' ',
  )
  return [
    ...withoutLabelLists.matchAll(/(?<![\w:."])([a-zA-Z_:][\w:]*)\s*(\{[^}]*\})?(?!\s*\(|[\w:])/g),
  ]
    .map(([, metric = '', braces = '']) => ({ metric, matchers: matchersOf(braces) }))
    .filter(({ metric }) => !WORDS.has(metric))
}

function matchersOf(braces: string): Selector['matchers'] {
  return [...braces.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g)].map(
    ([, label = '', operator = '', value = '']) => ({ label, operator, value }),
  )
}
