import { limitOrNull } from '../../model/bytes.ts'
import type { CgroupState } from '../../model/facts.ts'
import { limitHitsOf } from '../../model/limit-hits.ts'
import { NO_SAMPLE } from '../../model/series.ts'
import type { Sample } from '../../model/series.ts'
import type { Instant } from '../../model/time.ts'

/** The memory controller's figures of one group at one moment; what was not read is null. */
export interface GroupFigures {
  version: 1 | 2
  usageBytes: number | null
  limitBytes: number | null
  peakBytes: number | null
  limitHits: number | null
  oomKills: number | null
  /** v2: memory.swap.current. v1 tells it in `stat`. */
  swapBytes: number | null
  /** v1: memory.kmem.tcp.usage_in_bytes. */
  tcpBytes: number | null
  processes: number | null
  /** memory.stat, keys as in the file. */
  stat: ReadonlyMap<string, number>
}

/** What the kernel holds for a group of v2 and cannot give back; a kernel that lacks one of them has none of it. */
const KERNEL_V2 = [
  'kernel_stack',
  'pagetables',
  'sec_pagetables',
  'percpu',
  'vmalloc',
  'slab_unreclaimable',
]

/** A group's files, as they were read at once, as one moment of a series. */
export function stateSample(at: Instant, state: CgroupState): Sample {
  return groupSample(at, {
    ...state,
    limitHits: limitHitsOf(state),
    oomKills: state.oomControl?.oomKill ?? state.events?.oomKill ?? null,
    swapBytes: state.swapUsageBytes,
    tcpBytes: state.tcpUsageBytes,
    processes: state.pids?.length ?? null,
  })
}

/**
 * One moment of a group in the words of the model.
 *
 * @see Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst for the names
 */
export function groupSample(at: Instant, figures: GroupFigures): Sample {
  const { version, usageBytes, stat } = figures
  const part = (v2: string, v1: string): number | null =>
    version === 2 ? (stat.get(v2) ?? null) : (stat.get(`total_${v1}`) ?? stat.get(v1) ?? null)
  const anon = part('anon', 'rss')
  const cache = part('file', 'cache')
  const shmem = part('shmem', 'shmem')
  const inactive = part('inactive_file', 'inactive_file')
  const unwritten = (part('file_dirty', 'dirty') ?? 0) + (part('file_writeback', 'writeback') ?? 0)
  const kernel = version === 2 ? kernelOf(stat) : restOf(usageBytes, anon, cache)
  const socket = version === 2 ? (stat.get('sock') ?? null) : figures.tcpBytes
  return {
    at,
    ...NO_SAMPLE,
    usageBytes,
    workingSetBytes:
      usageBytes === null || inactive === null ? null : Math.max(0, usageBytes - inactive),
    unreclaimableBytes:
      anon === null || shmem === null || kernel === null
        ? null
        : anon + shmem + unwritten + kernel + (version === 2 ? (socket ?? 0) : 0),
    anonBytes: anon,
    fileBytes: cache === null || shmem === null ? null : Math.max(0, cache - shmem),
    shmemBytes: shmem,
    kernelBytes: kernel,
    socketBytes: socket,
    swapBytes: version === 2 ? figures.swapBytes : part('swap', 'swap'),
    limitBytes: limitOrNull(figures.limitBytes),
    peakBytes: figures.peakBytes,
    limitHits: figures.limitHits,
    oomKills: figures.oomKills,
    processes: figures.processes,
  }
}

function kernelOf(stat: ReadonlyMap<string, number>): number | null {
  const known = KERNEL_V2.flatMap((name) => stat.get(name) ?? [])
  return known.length === 0 ? null : known.reduce((sum, bytes) => sum + bytes, 0)
}

/** A v1 kernel does not tell its own part: it is what is charged and neither anonymous nor cache. */
function restOf(usage: number | null, anon: number | null, cache: number | null): number | null {
  return usage === null || anon === null || cache === null
    ? null
    : Math.max(0, usage - anon - cache)
}
