import type { Bill, BillItem, ToolFigure } from '../model/bill.ts'
import { formatBytes } from '../model/bytes.ts'
import type { KubeletFigures } from '../model/kubelet.ts'
import { boundsOfKubelet } from './bounds.ts'
import { part, SAYS, sumOf } from './items.ts'

/**
 * The bill of a pod or container on another machine, of the few figures that its kubelet tells; null where it does not tell what
 * is charged.
 */
export function billOfKubelet(figures: KubeletFigures, unknown: readonly string[]): Bill | null {
  const { usageBytes, source } = figures
  if (usageBytes === null) return null
  const items = itemsOf(figures).filter(({ bytes }) => bytes > 0)
  const { rssBytes, kernelBytes, mappedFileBytes: _, swapBytes, ...rest } = figures
  const inactive = inactiveOf(figures)
  return {
    subject: {
      platform: 'kubernetes',
      name: [rest.namespace, rest.pod, rest.container].filter((name) => name !== null).join('/'),
      id: rest.podUid,
      image: rest.image,
    },
    at: rest.at,
    moment: 'now',
    scope: 'group',
    path: rest.path,
    // It does not say which version its node has.
    cgroupVersion: null,
    chargeBytes: usageBytes,
    chargeSource: `${source} of node ${rest.node ?? '?'}, ${named(figures, 'usage_bytes', 'usageBytes')}`,
    limitBytes: rest.limitBytes,
    bounds: boundsOfKubelet(figures),
    items,
    unattributedBytes: usageBytes - sumOf(items),
    unreclaimableBytes:
      rssBytes === null ? usageBytes - (inactive ?? 0) : rssBytes + (kernelBytes ?? 0),
    beside: part('swapped out', swapBytes, named(figures, 'swap', 'swapUsageBytes')),
    processes: [],
    runtimes: [],
    pageCache: null,
    tools: toolsOf(figures, usageBytes),
    findings: [],
    unknown: [
      ...unknown,
      `node ${rest.node ?? '?'} is another machine: neither processes nor runtimes were looked at; run stella there for all of it`,
      ...(source === 'stats/summary'
        ? ['stats/summary does not tell page cache and kernel memory apart: metrics/cadvisor does']
        : []),
    ],
  }
}

function itemsOf(figures: KubeletFigures): BillItem[] {
  const { rssBytes, cacheBytes, kernelBytes, mappedFileBytes } = figures
  const inactive = inactiveOf(figures)
  const mapped = part('mapped', mappedFileBytes, 'container_memory_mapped_file')
  const found: (BillItem | null)[] = [
    rssBytes === null
      ? null
      : {
          name: 'anonymous',
          bytes: rssBytes,
          source: named(figures, 'rss', 'rssBytes'),
          reclaimable: 'swap',
          says: SAYS.anonymous,
          parts: [],
        },
    inactive === null
      ? null
      : {
          name: 'page cache, inactive',
          bytes: inactive,
          source: named(figures, 'total_inactive_file_bytes', 'usageBytes - workingSetBytes'),
          reclaimable: 'yes',
          says: SAYS.pageCache,
          parts: [],
        },
    cacheBytes === null || inactive === null
      ? null
      : {
          name: 'page cache, active, with tmpfs',
          bytes: Math.max(0, cacheBytes - inactive),
          source: 'container_memory_cache - container_memory_total_inactive_file_bytes',
          // The kubelet does not tell tmpfs apart, and what is in it stays.
          reclaimable: 'swap',
          says: `${SAYS.pageCache}; what is tmpfs of it stays, and the kubelet does not tell how much that is`,
          parts: mapped,
        },
    kernelBytes === null
      ? null
      : {
          name: 'kernel memory',
          bytes: kernelBytes,
          source: 'container_memory_kernel_usage',
          reclaimable: 'no',
          says: SAYS.kernel,
          parts: [],
        },
  ]
  return found.filter((item) => item !== null)
}

/** The working set is the usage without it (cadvisor, container/libcontainer/handler.go), but where that would be below 0. */
function inactiveOf(figures: KubeletFigures): number | null {
  const { inactiveFileBytes, usageBytes, workingSetBytes } = figures
  if (inactiveFileBytes !== null) return inactiveFileBytes
  return usageBytes === null || workingSetBytes === null
    ? null
    : Math.max(0, usageBytes - workingSetBytes)
}

/** What either page calls it. */
function named({ source }: KubeletFigures, metric: string, field: string): string {
  return source === 'metrics/cadvisor' ? `container_memory_${metric}` : field
}

function toolsOf(figures: KubeletFigures, charge: number): ToolFigure[] {
  const { workingSetBytes, rssBytes, peakBytes, container } = figures
  const inactive = inactiveOf(figures) ?? 0
  const all: ToolFigure[] = [
    {
      tool: 'kubectl top (working set)',
      bytes: workingSetBytes,
      formula: 'max(0, usage - inactive_file)',
      says:
        (inactive === 0
          ? 'there is no page cache that could be left out'
          : `${formatBytes(inactive)} of page cache on the inactive list are left out`) +
        (container === null
          ? '; it adds up the containers of a pod, without the sandbox; its sample is up to a minute old'
          : '; its sample is up to a minute old'),
    },
    {
      tool: 'kubelet (eviction)',
      bytes: workingSetBytes,
      formula: 'the same working set, held against the request of the pod',
      says: 'it decides who is evicted; the kernel kills at the limit by the charge instead',
    },
    {
      tool: 'container_memory_rss',
      bytes: rssBytes,
      formula: 'rss of memory.stat (v1) or anon (v2)',
      says: 'anonymous memory alone: it is no resident set, page cache and the kernel are not in it',
    },
    {
      tool: 'container_memory_usage_bytes',
      bytes: charge,
      formula: 'memory.usage_in_bytes (v1) or memory.current (v2)',
      says: 'all page cache is in it: an alert on it goes off for files that were read once',
    },
    {
      tool: 'container_memory_max_usage_bytes',
      bytes: peakBytes,
      formula: 'memory.max_usage_in_bytes (v1) or memory.peak (v2)',
      says: 'the most that was charged since its start, page cache and all',
    },
  ]
  return all.filter(({ bytes }) => bytes !== null)
}
