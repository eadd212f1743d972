import { describeCgroupPath } from '../../evidence/cgroup-path.ts'
import type { TextFormat } from '../format.ts'
import { detached, linesOf } from '../lines.ts'
import { NO_FIGURES, observeFigures } from './kubelet-figures.ts'
import type { FiguresName, Measured } from './kubelet-figures.ts'

/** Which line of memory a container, or a whole pod, is found by. */
export interface CadvisorSubject {
  namespace: string
  pod: string
  /** Null: the group of the pod, which no container names. */
  container: string | null
  /** Of several lives of a container the one that is meant; null: whichever comes last. */
  containerId: string | null
}

export type CadvisorFigures = Omit<Measured, 'source'>

type Figure = Exclude<keyof CadvisorFigures, 'kind' | 'path' | 'at'>

const METRICS: ReadonlyMap<string, Figure> = new Map([
  ['container_memory_usage_bytes', 'usageBytes'],
  ['container_memory_working_set_bytes', 'workingSetBytes'],
  ['container_memory_rss', 'rssBytes'],
  ['container_memory_cache', 'cacheBytes'],
  ['container_memory_total_inactive_file_bytes', 'inactiveFileBytes'],
  ['container_memory_mapped_file', 'mappedFileBytes'],
  ['container_memory_kernel_usage', 'kernelBytes'],
  ['container_memory_swap', 'swapBytes'],
  ['container_memory_max_usage_bytes', 'peakBytes'],
  ['container_spec_memory_limit_bytes', 'limitBytes'],
  ['container_spec_memory_swap_limit_bytes', 'swapLimitBytes'],
  ['container_oom_events_total', 'oomKills'],
])

/** A line of the Prometheus text format; `container_memory_rss{container="app",…} 6.7e+07 1795375631371`. */
const LINE = /^(container_[a-z_]{1,60})\{(.{0,4000})\} (\S{1,40})(?: (\d{1,15}))?$/
/** A node with 250 pods has a thousand. */
const MAX_GROUPS = 5_000

/** What the kubelet's page `metrics/cadvisor` says of one container or pod; null where it says nothing. */
export function cadvisorFigures(text: string, subject: CadvisorSubject): CadvisorFigures | null {
  const figures: Collected = { ...NO_FIGURES }
  for (const sample of samplesOf(text, `pod="${subject.pod}"`)) {
    if (isOf(sample.labels, subject)) take(figures, sample)
  }
  return settled(figures)
}

/** The page as `kubectl get --raw /api/v1/nodes/NODE/proxy/metrics/cadvisor` prints it: all containers and pods of the node. */
export const cadvisorPage: TextFormat = {
  id: 'kubelet-cadvisor',

  recognise: (head) =>
    /^container_[a-z_]{1,60}\{[^\n]{0,4000}\bpod="[^"\n]/m.test(head) ||
    // A page without a container; one of containers without pods is that of another cAdvisor.
    (/^# TYPE container_[a-z_]{1,60} /m.test(head) && !/^container_[a-z_]{1,60}\{/m.test(head)),

  parse(text, origin) {
    const groups = new Map<string, Group>()
    for (const sample of samplesOf(text, 'pod="')) {
      const path = labelOf(sample.labels, 'id')
      if (path === null) continue
      const group = groups.get(path) ?? newGroup(sample)
      if (group === null || (groups.size >= MAX_GROUPS && !groups.has(path))) continue
      groups.set(path, group)
      take(group.figures, sample)
    }
    return [...groups.values()].flatMap(({ figures, names, excerpt, line }) => {
      const known = settled(figures)
      return known === null
        ? []
        : [
            observeFigures({ ...names, ...known, source: 'metrics/cadvisor' }, origin, {
              excerpt,
              line,
            }),
          ]
    })
  },
}

interface Sample {
  figure: Figure
  amount: number
  at: number | null
  labels: string
  line: number
  text: string
}

function* samplesOf(text: string, needle: string): Generator<Sample> {
  for (const { text: whole, number } of linesOf(text)) {
    if (!whole.includes(needle)) continue
    const [, name = '', labels = '', value, at] = LINE.exec(whole) ?? []
    const figure = METRICS.get(name)
    const amount = Number(value)
    if (figure === undefined || !Number.isFinite(amount) || amount < 0) continue
    yield {
      figure,
      amount,
      at: at === undefined ? null : Number(at),
      labels,
      line: number,
      text: whole,
    }
  }
}

/** Still being put together. */
type Collected = { -readonly [K in keyof CadvisorFigures]: CadvisorFigures[K] }

function take(figures: Collected, { figure, amount, at, labels }: Sample): void {
  // No limit is told as 0, and so is one of 0.
  figures[figure] = isLimit(figure) && amount === 0 ? null : amount
  figures.path ??= detached(labelOf(labels, 'id') ?? '') || null
  if (at !== null) figures.at = at
}

/** Null where it does not tell what is charged. */
function settled(figures: Collected): CadvisorFigures | null {
  // On cgroup v1 it is one of memory and swap together, which is never below that of memory.
  const { limitBytes, swapLimitBytes } = figures
  if (limitBytes === null || (swapLimitBytes ?? 0) >= limitBytes) figures.swapLimitBytes = null
  return figures.usageBytes === null ? null : figures
}

interface Group {
  names: FiguresName
  figures: Collected
  excerpt: string
  line: number
}

/** Null for what is neither a container nor a whole pod. */
function newGroup({ labels, line, text }: Sample): Group | null {
  const [namespace, pod, container, image, path] = [
    'namespace',
    'pod',
    'container',
    'image',
    'id',
  ].map((name) => detached(labelOf(labels, name) ?? ''))
  if (!namespace || !pod || path === undefined) return null
  // The sandbox has no container's name either, but an image.
  if (!container && image) return null
  const { podUid } = describeCgroupPath(path)
  return {
    names: {
      node: null,
      namespace,
      pod,
      container: container || null,
      podUid,
      image: image || null,
    },
    figures: { ...NO_FIGURES },
    excerpt: detached(text),
    line,
  }
}

function isLimit(figure: Figure): boolean {
  return figure === 'limitBytes' || figure === 'swapLimitBytes'
}

function isOf(labels: string, { namespace, container, containerId }: CadvisorSubject): boolean {
  if (labelOf(labels, 'namespace') !== namespace) return false
  if ((labelOf(labels, 'container') ?? '') !== (container ?? '')) return false
  if (container === null) return (labelOf(labels, 'image') ?? '') === ''
  return containerId === null || (labelOf(labels, 'id') ?? '').includes(containerId)
}

function labelOf(labels: string, name: string): string | null {
  const at = labels.startsWith(`${name}="`) ? 0 : labels.indexOf(`,${name}="`) + 1
  if (at === 0 && !labels.startsWith(`${name}="`)) return null
  const from = at + name.length + 2
  const end = labels.indexOf('"', from)
  return end === -1 ? null : labels.slice(from, end)
}
