/** Where the memory was at the kill: one reading of the report's stat block, the task table and the group's files. */
import type { Observation } from '../model/evidence.ts'
import type { CgroupState } from '../model/facts.ts'
import type { ProcessMemory } from '../model/memory.ts'
import { largestOf } from '../model/extremes.ts'
import { fullCounter } from './reading.ts'
import { reportOf, type Incident } from './incident.ts'

export interface Usage {
  /** The whole charge, which the items below are parts of. */
  totalBytes: number
  anonBytes: number | null
  /** Page cache without tmpfs. */
  fileBytes: number | null
  shmemBytes: number | null
  dirtyBytes: number | null
  /** Slab, stacks, page tables, sockets, pipes: everything the kernel charges that is neither anon nor cache. */
  kernelBytes: number | null
  hugeBytes: number | null
  because: readonly Observation[]
}

/** Null where neither a report nor a group's files tell the parts. */
export function usageOf(incident: Incident): Usage | null {
  return usageOfReport(incident) ?? usageOfGroup(incident)
}

function usageOfReport(incident: Incident): Usage | null {
  const report = reportOf(incident)
  if (report === null || report.fact.stat.size === 0) return null
  const { stat, memory, kmem } = report.fact
  const total = memory?.usageBytes ?? fullCounter(report.fact)?.usageBytes ?? null
  if (total === null) return null
  return partsOf(stat, total, kmem?.usageBytes ?? null, report)
}

function usageOfGroup(incident: Incident): Usage | null {
  const group = incident.groups.own
  if (group === null || group.fact.usageBytes === null || group.fact.stat.size === 0) return null
  if (isRemainder(group.fact)) return null
  return partsOf(group.fact.stat, group.fact.usageBytes, group.fact.kmemUsageBytes, group)
}

/** What stays charged after the last process has gone tells little of where the memory was, unless it still fills the limit. */
function isRemainder({ pids, populated, usageBytes, limitBytes }: CgroupState): boolean {
  if (pids?.length !== 0 && populated !== false) return false
  return limitBytes === null || usageBytes === null || usageBytes < limitBytes / 2
}

function partsOf(
  stat: ReadonlyMap<string, number>,
  totalBytes: number,
  kmemBytes: number | null,
  because: Observation,
): Usage {
  const first = (...keys: string[]): number | null => {
    for (const key of keys) {
      const value = stat.get(key)
      if (value !== undefined) return value
    }
    return null
  }
  const anon = first('anon', 'total_rss', 'rss')
  const shmem = first('total_shmem', 'shmem')
  const cache = first('file', 'total_cache', 'cache')
  const file = cache === null ? null : Math.max(0, cache - (shmem ?? 0))
  const dirty = addKnown(
    first('file_dirty', 'total_dirty', 'dirty'),
    first('file_writeback', 'total_writeback', 'writeback'),
  )
  return {
    totalBytes,
    anonBytes: anon,
    fileBytes: file,
    shmemBytes: shmem,
    dirtyBytes: dirty,
    kernelBytes: kernelPart(stat, totalBytes, kmemBytes, anon, cache),
    hugeBytes: first('anon_thp', 'total_rss_huge', 'rss_huge'),
    because: [because],
  }
}

/**
 * `kernel` of memory.stat (5.18 and newer) or v1's kmem counter. Older v2 kernels charge pipe buffers and other pages
 * without naming them, so there it is what is left when anon and cache are taken off.
 */
function kernelPart(
  stat: ReadonlyMap<string, number>,
  totalBytes: number,
  kmemBytes: number | null,
  anon: number | null,
  cache: number | null,
): number | null {
  const named = stat.get('kernel') ?? kmemBytes
  if (named !== null && named !== undefined) return named
  return anon === null || cache === null ? null : Math.max(0, totalBytes - anon - cache)
}

function addKnown(a: number | null, b: number | null): number | null {
  return a === null && b === null ? null : (a ?? 0) + (b ?? 0)
}

/** `part` as a share of the whole charge; 0 where the part is not known. */
export function shareOf(usage: Usage, part: number | null): number {
  return part === null || usage.totalBytes === 0 ? 0 : part / usage.totalBytes
}

/** Resident memory of a task as far as the source tells it. */
export function residentBytes(task: ProcessMemory): number {
  return (
    task.rssBytes ?? (task.anonRssBytes ?? 0) + (task.fileRssBytes ?? 0) + (task.shmemRssBytes ?? 0)
  )
}

/** Anonymous memory of the biggest victim, swap included; null without a victim. */
export function victimAnonBytes(incident: Incident): number | null {
  const kills = incident.reports.flatMap(({ fact }) => fact.kills)
  const sizes = kills.flatMap((kill) =>
    kill.anonRssBytes === null ? [] : [kill.anonRssBytes + (kill.swapBytes ?? 0)],
  )
  return sizes.length === 0 ? null : largestOf(sizes)
}
