import { usageError } from '../../model/errors.ts'
import type { Subject } from '../../model/subject.ts'
import type { Instant } from '../../model/time.ts'
import { largestOf, smallestOf } from '../../model/extremes.ts'
import { onlyOne } from './one-subject.ts'
import type { MetricSeries } from './prometheus-answer.ts'
import { meaningOf } from './prometheus-metrics.ts'

/** The series of one container or process, its lives in order of time. */
export interface Chosen {
  subject: Subject
  lives: readonly { name: string; series: readonly MetricSeries[] }[]
  notes: readonly string[]
}

const SELECT = 'add labels to the query, as in {namespace="shop",pod="cart-0",container="app"}'
/** For so long Prometheus goes on telling the last value of a series that ended (--query.lookback-delta). */
const LOOKBACK_MS = 5 * 60_000

/**
 * The series of the one subject that an answer is about. The sum of a pod and its pause container are put aside; containers
 * that followed each other are lives of one; of several at the same time none is chosen.
 *
 * @throws StellaError (usage) where it is not one
 */
export function chooseSubject(all: readonly MetricSeries[], from: string): Chosen {
  const filled = all.filter((series) => series.points.length > 0 && isMemory(series))
  const { series, notes } = withoutSums(filled)
  const byName = Map.groupBy(series, nameOf)
  const [first] = byName.keys()
  if (first === undefined) {
    throw usageError('the answer holds no series', from, 'check the query and the time it asks for')
  }
  const names = [...byName.keys()].toSorted((a, b) => firstAt(byName, a) - firstAt(byName, b))
  const apart = names.some((name, index) => {
    const next = names[index + 1]
    return next !== undefined && lastAt(byName, name) - firstAt(byName, next) > LOOKBACK_MS
  })
  if (apart || !sameWorkload(series)) onlyOne(names, from, SELECT)
  const last = names.at(-1) ?? first
  const lives = names.map((name) => ({ name, series: byName.get(name) ?? [] }))
  return { subject: subjectOf(last, byName.get(last) ?? []), lives, notes }
}

/** kube_pod_container_resource_limits tells processors, too. */
function isMemory({ labels }: MetricSeries): boolean {
  return labels['resource'] === undefined || labels['resource'] === 'memory'
}

function withoutSums(all: readonly MetricSeries[]): {
  series: readonly MetricSeries[]
  notes: string[]
} {
  const own = all.filter((series) => !isSum(series))
  if (own.length === 0 || own.length === all.length) return { series: all, notes: [] }
  const count = all.length - own.length
  return {
    series: own,
    notes: [`${count} series of whole pods, pause containers and groups above were left out`],
  }
}

/** cAdvisor tells pods and slices, too, without a container's name, and the pause container as POD. */
function isSum({ metric, labels }: MetricSeries): boolean {
  if (metric === null || !metric.startsWith('container_')) return false
  const container = containerOf(labels)
  if (podOf(labels) !== undefined)
    return container === undefined || container === '' || container === 'POD'
  return labels['id'] !== undefined && (labels['name'] ?? container ?? '') === ''
}

function nameOf({ labels }: MetricSeries): string {
  const pod = podOf(labels)
  if (pod !== undefined) {
    return [labels['namespace'], pod, containerOf(labels)].filter(Boolean).join('/')
  }
  const own = labels['name'] ?? containerOf(labels) ?? labels['id']
  if (own !== undefined && own !== '') return own
  const rest = Object.entries(labels).filter(([name]) => !TELLING.has(name))
  return rest.map(([name, value]) => `${name}=${value}`).join(',') || 'one without labels'
}

/** Labels that say what is measured, not of whom. */
const TELLING = new Set(['resource', 'unit', 'service', 'endpoint', 'metrics_path'])

/** Pods of one workload differ in their own name alone. */
function sameWorkload(series: readonly MetricSeries[]): boolean {
  const keys = series.map(({ labels }) => `${labels['namespace']} ${containerOf(labels)}`)
  return series.every(({ labels }) => podOf(labels) !== undefined) && new Set(keys).size === 1
}

function subjectOf(name: string, series: readonly MetricSeries[]): Subject {
  const isPod = series.some(({ labels }) => podOf(labels) !== undefined)
  const isProcess = series.every(({ metric }) => {
    const meaning = metric === null ? null : meaningOf(metric)
    return meaning?.kind === 'life' || (meaning?.kind === 'figure' && meaning.of === 'process')
  })
  const platform = isPod ? 'kubernetes' : isProcess ? 'process' : 'unknown'
  return { platform, name, id: null, image: series[0]?.labels['image'] ?? null }
}

function podOf(labels: MetricSeries['labels']): string | undefined {
  return labels['pod'] ?? labels['pod_name'] ?? labels['io_kubernetes_pod_name']
}

function containerOf(labels: MetricSeries['labels']): string | undefined {
  return labels['container'] ?? labels['container_name']
}

function firstAt(byName: ReadonlyMap<string, readonly MetricSeries[]>, name: string): Instant {
  return smallestOf((byName.get(name) ?? []).map(({ points }) => points[0]?.[0] ?? Infinity))
}

function lastAt(byName: ReadonlyMap<string, readonly MetricSeries[]>, name: string): Instant {
  return largestOf((byName.get(name) ?? []).map(({ points }) => points.at(-1)?.[0] ?? 0))
}
