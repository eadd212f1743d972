/** Rules and dashboards ask for what is exported, and for nothing else. */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { dashboards } from '../../scripts/lib/dashboards/index.ts'
import { METRICS } from '../../src/model/metric-names.ts'
import type { Metric } from '../../src/model/metric-names.ts'
import {
  deployedDashboards,
  deployedRules,
  exporterMetrics,
  queriesOf,
  selectorsOf,
  text,
} from '../support/deployed.ts'
import type { Selector } from '../support/deployed.ts'
import { runbooks } from '../support/runbooks.ts'

const OWN = new Map<string, Metric>(Object.entries(METRICS))
const RULES = deployedRules()
const DASHBOARDS = deployedDashboards()
const ALERTS = [...new Set(RULES.flatMap(({ alert }) => (alert === undefined ? [] : [alert])))]

/** The metric of ours that a series belongs to; a histogram has three series. */
function ownMetric(name: string): Metric | undefined {
  const base = name.replace(/_(?:bucket|sum|count)$/, '')
  return OWN.get(name) ?? (OWN.get(base)?.type === 'histogram' ? OWN.get(base) : undefined)
}

/** Labels of a matcher that our metric does not have, and values it never takes. */
function impossible({ metric, matchers }: Selector): string[] {
  const labels = ownMetric(metric)?.labels
  if (labels === undefined) return []
  return matchers.flatMap(({ label, operator, value }) => {
    if (['job', 'instance'].includes(label)) return []
    const values = labels[label]
    if (values === undefined) return [`${metric} has no label ${label}`]
    if (values === null || value === '.*') return []
    const asked = operator.endsWith('~') ? value.split('|') : [value]
    return asked
      .filter((one) => !values.includes(one))
      .map((one) => `${metric} has no ${label} ${one}`)
  })
}

describe('the reader of expressions', () => {
  test('finds each series once, with its matchers, and no function, label or keyword', () => {
    const found = selectorsOf(
      'sum by (job, le) (rate(a_total{x="1",y=~"b|c"}[5m])) / on (job) max(r:b:sum offset 10m) > bool 0.5 and vector(1) unless d_bytes == 4 * 3600',
    )
    expect(found.map(({ metric }) => metric)).toEqual(['a_total', 'r:b:sum', 'd_bytes'])
    expect(found[0]?.matchers).toEqual([
      { label: 'x', operator: '=', value: '1' },
      { label: 'y', operator: '=~', value: 'b|c' },
    ])
  })
})

/** Descriptions ask, too: `{{ with printf "metric{host=%q}" … | query }}`. */
function queriesIn(description: string): string[] {
  return [...description.matchAll(/printf "((?:[^"\\]|\\.)*%q(?:[^"\\]|\\.)*)"/g)].map(
    ([, query = '']) => query.replaceAll('\\"', '"').replaceAll('%q', '"x"'),
  )
}

describe.each(RULES.map((rule) => ({ name: rule.alert ?? rule.record, rule })))(
  'rule $name of $rule.file',
  ({ rule }) => {
    const asked = queriesIn(rule.annotations?.['description'] ?? '')
    const queries = [rule.expr, ...asked]
    const selectors = queries.flatMap(selectorsOf)

    test('asks for metrics of its pack only', () => {
      const recorded = RULES.filter(({ file }) => file === rule.file).map(({ record }) => record)
      const exported = rule.file.startsWith('exporters-')
        ? Object.values(exporterMetrics()).flatMap(({ metrics }) => Object.keys(metrics))
        : ['up']
      const unknown = selectors
        .map(({ metric }) => metric)
        .filter((metric) => !recorded.includes(metric) && !exported.includes(metric))
        .filter((metric) => rule.file.startsWith('exporters-') || ownMetric(metric) === undefined)
      expect(selectors.length).toBeGreaterThan(asked.length)
      expect(asked.length + 1).toBe(
        (rule.annotations?.['description'] ?? '').split('| query').length,
      )
      expect(unknown).toEqual([])
    })

    test('asks for labels and values that exist', () => {
      expect(queries.flatMap(selectorsOf).flatMap(impossible)).toEqual([])
    })
  },
)

test.each(RULES.filter(({ alert }) => alert !== undefined))(
  'alert $alert of $file says how bad it is, what it is, and where to read on',
  ({ alert, labels, annotations }) => {
    expect(labels?.['severity']).toMatch(/^(?:info|warning|critical)$/)
    expect(labels?.['pack']).toMatch(/^[a-z]+$/)
    expect(annotations?.['summary']).toMatch(/\S/)
    expect(annotations?.['description']).toMatch(/\S/)
    // Where several may be meant, its chapter names them.
    const [only, ...others] = runbooks().filter(({ alerts }) => alerts.includes(alert ?? ''))
    expect(annotations?.['runbook_url']).toBe(
      only === undefined || others.length > 0
        ? `docs/reference/alerts.md#${alert?.toLowerCase()}`
        : only.path,
    )
  },
)

test('the rules have all alerts that were promised', () => {
  expect(ALERTS).toEqual(
    expect.arrayContaining([
      ...['ScannerWorkerOOM', 'ScannerWorkerMemoryHigh', 'ScannerWorkerStuck'],
      ...['ScannerQueueBacklog', 'ScannerTimeoutExceeded', 'ScannerSbomGenerationFailed'],
      ...['ContainerOOMKill', 'ContainerChildOOM', 'ContainerOOMLoop', 'ContainerMemoryNearLimit'],
      ...['ContainerMemoryForecast', 'MemoryPSIHigh', 'DirtyPagesNearLimit', 'HostOOMKill'],
      ...['HostMemoryLow', 'SwapThrash', 'NodeOvercommit', 'NoMemoryLimit'],
      'MarathonTaskMemoryExceeded',
    ]),
  )
})

test('every alert is explained, with what to run and when it lies, and no other', () => {
  const page = readFileSync(
    fileURLToPath(new URL('../../docs/reference/alerts.md', import.meta.url)),
    'utf8',
  )
  const chapters = page.split(/^### /m).slice(1)
  expect(chapters.map((chapter) => chapter.split('\n', 1)[0] ?? '').toSorted()).toEqual(
    ALERTS.toSorted(),
  )
  for (const chapter of chapters) {
    const [alert = ''] = chapter.split('\n', 1)
    for (const { path } of runbooks().filter(({ alerts }) => alerts.includes(alert))) {
      expect(chapter).toContain(`(../../${path})`)
    }
  }
  const lacking = chapters.filter(
    (chapter) => !['**Means**', '**Run**', '**Lies**'].every((word) => chapter.includes(word)),
  )
  expect(lacking).toEqual([])
})

test('every alert is tested: promtool reads a test for each file', () => {
  const untested = RULES.filter(
    ({ alert, file }) => alert !== undefined && !text(`prometheus/tests/${file}`).includes(alert),
  )
  expect(untested.map(({ alert }) => alert)).toEqual([])
})

test('the list of what other programs export has nothing that no rule asks for', () => {
  const asked = new Set(RULES.flatMap(({ expr }) => selectorsOf(expr)).map(({ metric }) => metric))
  const listed = Object.values(exporterMetrics()).flatMap(({ metrics }) => Object.keys(metrics))
  expect(listed.filter((metric) => !asked.has(metric))).toEqual([])
})

/** Names like `$pool` and `${datasource}`, but for Grafana's own (`$__range`). */
function variablesIn(part: unknown): string[] {
  return [...JSON.stringify(part).matchAll(/\$\{?([a-z]\w*)/g)].map(([, name = '']) => name)
}

describe.each(DASHBOARDS)('dashboard $title', (dashboard) => {
  test('is what node scripts/dashboards.ts writes', () => {
    expect(dashboards().get(dashboard.file)).toBe(text(`grafana/dashboards/${dashboard.file}`))
  })

  test('asks for metrics, labels and values of ours only', () => {
    const variables = dashboard.templating.list.flatMap(({ query }) =>
      typeof query === 'string' ? [] : [/^label_values\((.*), \w+\)$/.exec(query.query)?.[1] ?? ''],
    )
    const selectors = [
      ...queriesOf(dashboard),
      ...variables.map((query) => query.replaceAll(/"\$\w+"/g, '".*"')),
    ].flatMap(selectorsOf)
    expect(selectors.length).toBeGreaterThan(10)
    expect(selectors.filter(({ metric }) => ownMetric(metric) === undefined)).toEqual([])
    expect(selectors.flatMap(impossible)).toEqual([])
  })

  test('has a variable for each name that its queries use, before those that need it', () => {
    const { list } = dashboard.templating
    const names = list.map(({ name }) => name)
    const used = variablesIn([dashboard.panels, dashboard.annotations])
    expect(names.toSorted()).toEqual([...new Set(used)].toSorted())
    for (const [at, { query }] of list.entries()) {
      expect(names.slice(0, at)).toEqual(expect.arrayContaining(variablesIn(query)))
    }
  })

  test('offers the values of a label that the metric has', () => {
    for (const { query } of dashboard.templating.list) {
      if (typeof query === 'string') continue
      const [, metric = '', label = ''] = /^label_values\((\w+).*, (\w+)\)$/.exec(query.query) ?? []
      expect([...Object.keys(ownMetric(metric)?.labels ?? {}), 'instance']).toContain(label)
    }
  })

  test('shows panels with their own numbers, side by side, none over another', () => {
    const { panels } = dashboard
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)}|${y + Math.floor(at / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
    expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true)
  })

  test('asks the data source that is chosen, with a legend for people', () => {
    for (const { type, datasource, targets = [] } of dashboard.panels) {
      if (type === 'row') continue
      expect(datasource).toEqual({ type: 'prometheus', uid: '${datasource}' })
      expect(targets.map(({ refId }) => refId).join('')).toBe('ABCDEFGH'.slice(0, targets.length))
      expect(targets.length).toBeGreaterThan(0)
      expect(targets.every(({ legendFormat }) => legendFormat !== '')).toBe(true)
    }
  })

  test('shows sizes in binary units, and shares and times as such', () => {
    for (const { type, title, targets = [], fieldConfig } of dashboard.panels) {
      if (type === 'row') continue
      const expr = targets.map((target) => target.expr).join()
      const unit =
        expr.includes(' / ') || expr.includes('_ratio')
          ? 'percentunit'
          : /_seconds_(?:bucket|to)|seconds_to_limit/.test(expr)
            ? 's'
            : /^(?!count).*_bytes/.test(expr)
              ? 'bytes'
              : 'short'
      expect({ title, unit: fieldConfig?.defaults.unit }).toEqual({ title, unit })
    }
  })
})

test('Grafana finds the dashboards in the folder of the runbooks, by names that stay', () => {
  expect(text('grafana/provisioning/dashboards/stella.yaml')).toMatch(/^ +folder: Stella Ops$/m)
  expect(DASHBOARDS.map(({ title, uid, file }) => [title, uid, basename(file, '.json')])).toEqual([
    ['Container Memory', 'stella-container-memory', 'container-memory'],
    ['Scanner Memory', 'stella-scanner-memory', 'scanner-memory'],
  ])
})
