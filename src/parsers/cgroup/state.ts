import type { CgroupState, MemoryEvents } from '../../model/facts.ts'
import { parsePressure } from './pressure.ts'
import { counter, keyedCounters, limit } from './values.ts'

/**
 * The state of one cgroup from the texts of its files, by file name. Files that are not there leave null.
 *
 * @param path inside the memory hierarchy (`/docker/…`), or null where it is not known
 * @see Documentation/admin-guide/cgroup-v1/memory.rst and cgroup-v2.rst of the kernel
 */
export function cgroupState(files: ReadonlyMap<string, string>, path: string | null): CgroupState {
  const stat = keyedCounters(files.get('memory.stat'))
  const version = isVersion1(files, stat) ? 1 : 2
  const max = limit(files.get(version === 1 ? 'memory.limit_in_bytes' : 'memory.max'))
  const swap = limit(files.get(version === 1 ? 'memory.memsw.limit_in_bytes' : 'memory.swap.max'))
  return {
    kind: 'cgroup-state',
    path,
    version,
    usageBytes: counter(files.get('memory.current') ?? files.get('memory.usage_in_bytes')),
    limitBytes: max.bytes,
    unlimited: max.unlimited,
    highBytes: limit(files.get('memory.high')).bytes,
    minBytes: limit(files.get('memory.min')).bytes,
    lowBytes: limit(files.get('memory.low')).bytes,
    peakBytes: counter(files.get('memory.peak') ?? files.get('memory.max_usage_in_bytes')),
    swapUsageBytes:
      counter(files.get('memory.swap.current')) ??
      stat.get('total_swap') ??
      stat.get('swap') ??
      null,
    swapLimitBytes: swap.bytes,
    softLimitBytes: limit(files.get('memory.soft_limit_in_bytes')).bytes,
    failcnt: failcnt(files),
    oomControl: oomControl(files.get('memory.oom_control')),
    events: memoryEvents(files.get('memory.events')),
    eventsLocal: memoryEvents(files.get('memory.events.local')),
    stat,
    pressure: parsePressure(files.get('memory.pressure')),
    oomGroup: flag(counter(files.get('memory.oom.group'))),
    pids: pids(files.get('cgroup.procs')),
    populated: flag(keyedCounters(files.get('cgroup.events')).get('populated') ?? null),
    kmemUsageBytes: counter(files.get('memory.kmem.usage_in_bytes')),
    tcpUsageBytes: counter(files.get('memory.kmem.tcp.usage_in_bytes')),
    hugetlbUsageBytes: hugetlb(files),
  }
}

/** Whether the state says anything at all: a file may have a name of ours and hold something else. */
export function saysNothing(state: CgroupState): boolean {
  const { kind: _kind, path: _path, version: _version, unlimited, stat, ...rest } = state
  return !unlimited && stat.size === 0 && Object.values(rest).every((value) => value === null)
}

function failcnt(files: ReadonlyMap<string, string>): number | null {
  const own = counter(files.get('memory.failcnt'))
  return own === null ? null : own + (counter(files.get('memory.memsw.failcnt')) ?? 0)
}

function isVersion1(
  files: ReadonlyMap<string, string>,
  stat: ReadonlyMap<string, number>,
): boolean {
  for (const name of files.keys()) {
    if (
      /^memory\..*(?:_in_bytes|failcnt)$|^memory\.(?:oom_control|use_hierarchy|swappiness)$/.test(
        name,
      )
    )
      return true
  }
  return (
    stat.has('hierarchical_memory_limit') ||
    stat.has('total_rss') ||
    (stat.has('rss') && !stat.has('anon'))
  )
}

function memoryEvents(text: string | undefined): MemoryEvents | null {
  const events = keyedCounters(text)
  if (!events.has('oom') && !events.has('max') && !events.has('oom_kill')) return null
  const of = (name: string): number | null => events.get(name) ?? null
  return {
    low: of('low'),
    high: of('high'),
    max: of('max'),
    oom: of('oom'),
    oomKill: of('oom_kill'),
    oomGroupKill: of('oom_group_kill'),
  }
}

function oomControl(text: string | undefined): CgroupState['oomControl'] {
  const control = keyedCounters(text)
  const killDisable = flag(control.get('oom_kill_disable') ?? null)
  const underOom = flag(control.get('under_oom') ?? null)
  if (killDisable === null || underOom === null) return null
  // The oom_kill line came with 4.13; without it the number of kills is unknown, not zero.
  return { killDisable, underOom, oomKill: control.get('oom_kill') ?? null }
}

function flag(value: number | null): boolean | null {
  return value === null ? null : value !== 0
}

/** More processes than any group we would tell about; the kernel's own limit for PIDs is 2^22. */
const MAX_PIDS = 65_536

/** A process outside of the reader's PID namespace reads as 0. */
function pids(text: string | undefined): number[] | null {
  if (text === undefined) return null
  const words = text.split('\n', MAX_PIDS)
  return words.filter((word) => /^\d{1,9}$/.test(word.trim()) && Number(word) > 0).map(Number)
}

/** `hugetlb.2MB.current` (v2), `hugetlb.2MB.usage_in_bytes` (v1): one file a page size. Null without any. */
function hugetlb(files: ReadonlyMap<string, string>): number | null {
  let sum: number | null = null
  for (const [name, text] of files) {
    if (!/^hugetlb\.\d+[KMG]B\.(?:current|usage_in_bytes)$/.test(name)) continue
    const bytes = counter(text)
    if (bytes !== null) sum = (sum ?? 0) + bytes
  }
  return sum
}
