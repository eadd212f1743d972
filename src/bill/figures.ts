import type { CgroupState } from '../model/facts.ts'
import type { OomReport } from '../model/kernel.ts'

/** The memory controller's figures of one group, whether they come from its files or from the kernel's report of a kill. */
export interface GroupFigures {
  path: string | null
  version: 1 | 2
  chargeBytes: number
  chargeSource: string
  limitBytes: number | null
  /** The most that was ever charged: memory.peak (5.19), memory.max_usage_in_bytes. */
  peakBytes: number | null
  /** memory.stat; v1 keys without their `total_`, but of the whole tree. */
  stat: ReadonlyMap<string, number>
  /** v1: memory.kmem.usage_in_bytes, all that the kernel charges for itself. */
  kmemBytes: number | null
  /** v1: memory.kmem.tcp.usage_in_bytes, buffers of TCP sockets. */
  tcpBytes: number | null
  swapBytes: number | null
}

/** Figures of a group's files; null where they do not say what it uses. */
export function figuresOfGroup(state: CgroupState): GroupFigures | null {
  if (state.usageBytes === null) return null
  return {
    path: state.path,
    version: state.version,
    chargeBytes: state.usageBytes,
    chargeSource: state.version === 1 ? 'memory.usage_in_bytes' : 'memory.current',
    limitBytes: state.limitBytes,
    peakBytes: state.peakBytes,
    stat: state.version === 1 ? ofWholeTree(state.stat) : state.stat,
    kmemBytes: state.kmemUsageBytes,
    tcpBytes: state.tcpUsageBytes,
    swapBytes: state.swapUsageBytes,
  }
}

/** Figures of the group at its limit, as the kernel's report prints them; null for a kill without one. */
export function figuresOfReport(report: OomReport): GroupFigures | null {
  const { memory, stat } = report
  if (memory === null || stat.size === 0) return null
  const version = stat.has('anon') ? 2 : 1
  return {
    path: report.oomMemcg,
    version,
    chargeBytes: memory.usageBytes,
    chargeSource: 'the kernel log: memory: usage',
    limitBytes: memory.limitBytes,
    peakBytes: null,
    stat: version === 1 ? ofWholeTree(stat) : stat,
    kmemBytes: report.kmem?.usageBytes ?? null,
    tcpBytes: null,
    swapBytes: report.swap?.usageBytes ?? stat.get('total_swap') ?? stat.get('swap') ?? null,
  }
}

/** cgroup v1 prints each figure twice: for the group alone, and with `total_` for all below it, which is what is charged. */
function ofWholeTree(stat: ReadonlyMap<string, number>): Map<string, number> {
  const whole = new Map(stat)
  for (const [key, value] of stat) {
    if (key.startsWith('total_')) whole.set(key.slice('total_'.length), value)
  }
  return whole
}
