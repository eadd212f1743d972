/** The parts of a Grafana dashboard, of which the two dashboards are put together. Its schema: @grafana/schema, `Dashboard`. */

/** The data source is chosen at the top of the dashboard, so that none has to have a certain name. */
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' } as const

export interface Query {
  expr: string
  legend: string
}

interface Threshold {
  value: number | null
  color: string
}

export interface Panel {
  type: 'timeseries' | 'stat' | 'bargauge' | 'row'
  title: string
  /** What is shown, and what it does not show. */
  description?: string
  /** Out of 24. */
  width: number
  height: number
  queries?: readonly Query[]
  /** `bytes` are binary units. */
  unit?: 'bytes' | 's' | 'percentunit' | 'short'
  look?: 'lines' | 'bars'
  thresholds?: readonly Threshold[]
  max?: number
  /** Series of this name are dashed: a limit. */
  dashed?: RegExp
}

export interface Variable {
  name: string
  label: string
  /** `label_values(metric, label)`. */
  query: string
}

export interface Dashboard {
  uid: string
  title: string
  description: string
  variables: readonly Variable[]
  /** What is drawn as a vertical line through all charts. */
  events: Query
  panels: readonly Panel[]
}

export const NEAR_LIMIT: readonly Threshold[] = [
  { value: null, color: 'green' },
  { value: 0.8, color: 'orange' },
  { value: 0.95, color: 'red' },
]

export function row(title: string): Panel {
  return { type: 'row', title, width: 24, height: 1 }
}

/** The JSON that Grafana reads. */
export function dashboardJson(dashboard: Dashboard): string {
  const model = {
    uid: dashboard.uid,
    title: dashboard.title,
    description: dashboard.description,
    tags: ['stella', 'memory'],
    // Grafana 10.4; later ones bring it to their own version when they read it.
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    timezone: 'browser',
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    annotations: { list: [annotation(dashboard.events)] },
    templating: { list: [datasourceVariable(), ...dashboard.variables.map(queryVariable)] },
    links: [
      {
        type: 'dashboards',
        title: 'Stella Ops',
        tags: ['stella'],
        asDropdown: true,
        icon: 'external link',
        includeVars: false,
        keepTime: true,
        targetBlank: false,
        tooltip: '',
        url: '',
      },
    ],
    panels: placed(dashboard.panels).map(panelJson),
  }
  return `${JSON.stringify(model, null, 2)}\n`
}

interface Place {
  x: number
  y: number
  w: number
  h: number
}

/** From left to right, and into the next line where there is no room. */
function placed(panels: readonly Panel[]): (Panel & { gridPos: Place })[] {
  let x = 0
  let y = 0
  let lineHeight = 0
  return panels.map((panel) => {
    if (x + panel.width > 24) {
      x = 0
      y += lineHeight
      lineHeight = 0
    }
    const gridPos = { x, y, w: panel.width, h: panel.height }
    x += panel.width
    lineHeight = Math.max(lineHeight, panel.height)
    return { ...panel, gridPos }
  })
}

function panelJson(panel: Panel & { gridPos: Place }, at: number): object {
  const { type, title, gridPos } = panel
  const id = at + 1
  if (type === 'row') return { id, type, title, gridPos, collapsed: false, panels: [] }
  return {
    id,
    type,
    title,
    description: panel.description ?? '',
    gridPos,
    datasource: DATASOURCE,
    targets: (panel.queries ?? []).map(({ expr, legend }, index) => ({
      refId: 'ABCDEFGH'.charAt(index),
      datasource: DATASOURCE,
      editorMode: 'code',
      expr,
      legendFormat: legend,
      ...(type === 'timeseries' ? { range: true } : { instant: true, range: false }),
    })),
    fieldConfig: {
      defaults: {
        unit: panel.unit ?? 'short',
        min: 0,
        ...(panel.max === undefined ? {} : { max: panel.max }),
        color: {
          mode:
            panel.thresholds === undefined || type === 'timeseries'
              ? 'palette-classic'
              : 'thresholds',
        },
        thresholds: {
          mode: 'absolute',
          steps: panel.thresholds ?? [{ value: null, color: 'green' }],
        },
        ...(type === 'timeseries' ? { custom: drawing(panel) } : {}),
      },
      overrides: panel.dashed === undefined ? [] : [dashes(panel.dashed)],
    },
    options: OPTIONS[type],
  }
}

function drawing(panel: Panel): object {
  const bars = panel.look === 'bars'
  return {
    drawStyle: bars ? 'bars' : 'line',
    fillOpacity: bars ? 80 : 10,
    lineWidth: 1,
    showPoints: 'never',
    spanNulls: false,
    stacking: { mode: bars ? 'normal' : 'none', group: 'A' },
    thresholdsStyle: { mode: panel.thresholds === undefined ? 'off' : 'line' },
  }
}

function dashes(name: RegExp): object {
  return {
    matcher: { id: 'byRegexp', options: String(name) },
    properties: [
      { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 8] } },
      { id: 'custom.fillOpacity', value: 0 },
    ],
  }
}

const OPTIONS = {
  timeseries: {
    legend: {
      showLegend: true,
      displayMode: 'table',
      placement: 'bottom',
      calcs: ['lastNotNull', 'max'],
    },
    tooltip: { mode: 'multi', sort: 'desc' },
  },
  stat: {
    reduceOptions: { values: false, calcs: ['lastNotNull'], fields: '' },
    colorMode: 'value',
    graphMode: 'none',
    textMode: 'value_and_name',
    justifyMode: 'auto',
    orientation: 'auto',
  },
  bargauge: {
    reduceOptions: { values: false, calcs: ['lastNotNull'], fields: '' },
    displayMode: 'basic',
    orientation: 'horizontal',
    showUnfilled: true,
  },
} as const

function annotation({ expr, legend }: Query): object {
  return {
    name: 'Kills',
    datasource: DATASOURCE,
    enable: true,
    hide: false,
    iconColor: 'red',
    target: { refId: 'Anno', expr, interval: '1m' },
    titleFormat: legend,
  }
}

function datasourceVariable(): object {
  return {
    name: 'datasource',
    label: 'Prometheus',
    type: 'datasource',
    query: 'prometheus',
    refresh: 1,
    hide: 0,
    regex: '',
    multi: false,
    includeAll: false,
  }
}

function queryVariable({ name, label, query }: Variable): object {
  return {
    name,
    label,
    type: 'query',
    datasource: DATASOURCE,
    query: { query, refId: `variable-${name}` },
    // When the time range changes.
    refresh: 2,
    // By the alphabet.
    sort: 1,
    hide: 0,
    multi: true,
    includeAll: true,
    allValue: '.*',
    current: { selected: true, text: ['All'], value: ['$__all'] },
    options: [],
    regex: '',
  }
}
