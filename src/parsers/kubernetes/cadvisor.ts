import type { KubeletFigures } from '../../model/kubelet.ts'
import { linesOf } from '../lines.ts'

/** Which line of memory a container, or a whole pod, is found by. */
export interface CadvisorSubject {
  namespace: string
  pod: string
  /** Null: the group of the pod, which no container names. */
  container: string | null
  /** Of several lives of a container the one that is meant; null: whichever comes last. */
  containerId: string | null
}

type Figure =
  | 'usageBytes'
  | 'workingSetBytes'
  | 'rssBytes'
  | 'cacheBytes'
  | 'inactiveFileBytes'
  | 'mappedFileBytes'
  | 'kernelBytes'
  | 'swapBytes'
  | 'peakBytes'
  | 'limitBytes'

export type CadvisorFigures = Pick<KubeletFigures, Figure | 'path' | 'at'>

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
])

/** A line of the Prometheus text format; `container_memory_rss{container="app",…} 6.7e+07 1795375631371`. */
const LINE = /^(container_[a-z_]{1,60})\{(.{0,4000})\} (\S{1,40})(?: (\d{1,15}))?$/

/** What the kubelet's page `metrics/cadvisor` says of one container or pod; null where it says nothing. */
export function cadvisorFigures(text: string, subject: CadvisorSubject): CadvisorFigures | null {
  const figures: Record<Figure, number | null> & Pick<CadvisorFigures, 'path' | 'at'> = {
    usageBytes: null,
    workingSetBytes: null,
    rssBytes: null,
    cacheBytes: null,
    inactiveFileBytes: null,
    mappedFileBytes: null,
    kernelBytes: null,
    swapBytes: null,
    peakBytes: null,
    limitBytes: null,
    path: null,
    at: null,
  }
  const needle = `pod="${subject.pod}"`
  for (const { text: line } of linesOf(text)) {
    if (!line.includes(needle)) continue
    const [, name = '', labels = '', value, at] = LINE.exec(line) ?? []
    const figure = METRICS.get(name)
    if (figure === undefined || !isOf(labels, subject)) continue
    const bytes = Number(value)
    if (!Number.isFinite(bytes) || bytes < 0) continue
    // No limit is told as 0.
    figures[figure] = figure === 'limitBytes' && bytes === 0 ? null : bytes
    figures.path = labelOf(labels, 'id') ?? figures.path
    if (at !== undefined) figures.at = Number(at)
  }
  return figures.usageBytes === null ? null : figures
}

function isOf(labels: string, { namespace, container, containerId }: CadvisorSubject): boolean {
  if (labelOf(labels, 'namespace') !== namespace) return false
  if ((labelOf(labels, 'container') ?? '') !== (container ?? '')) return false
  // The sandbox has no container's name either, but an image.
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
