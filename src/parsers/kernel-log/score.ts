import type { OomKill, OomReport } from '../../model/kernel.ts'
import type { ProcessMemory } from '../../model/memory.ts'
import { badness, type BadnessInputs } from './badness.ts'
import { usablePages, type Body } from './body.ts'

/**
 * Adds the scores: as printed where the kernel printed one for that very task (up to 5.2), else recomputed from the task
 * table, relative to the limit that was reached or to RAM and swap.
 */
export function fillBadness(report: OomReport, body: Body): OomReport {
  return scored(report, totalPagesOf(report, body))
}

/**
 * The scores of a memory group's report, which does not say how much swap the machine has, completed by that figure.
 *
 * @param machineSwapBytes SwapTotal of /proc/meminfo
 */
export function scoredWithSwap(report: OomReport, machineSwapBytes: number): OomReport {
  return report.constraint === 'memcg'
    ? scored(report, groupPages(report, machineSwapBytes))
    : report
}

function scored(report: OomReport, total: number | null): OomReport {
  const { pageSizeBytes } = report
  if (pageSizeBytes === null || total === null)
    return { ...report, kills: report.kills.map(printed) }
  const rootBonus = paidRootBonus(report, total, pageSizeBytes)
  const scoreOf = (task: ProcessMemory): number | null => {
    const inputs = inputsOf(task, pageSizeBytes)
    return inputs === null
      ? null
      : badness(inputs, total, { rootBonus: rootBonus && task.uid === 0 })
  }
  const processes = report.processes.map((process) => ({ ...process, badness: scoreOf(process) }))
  const byPid = new Map(processes.map((process) => [process.pid, process.badness]))
  const kills = report.kills.map((kill) => {
    const asPrinted = printed(kill)
    return { ...asPrinted, badness: asPrinted.badness ?? byPid.get(kill.pid) ?? scoreOf(kill) }
  })
  return { ...report, processes, kills }
}

/** The printed score belongs to the chosen task, not to the child that died for it. */
function printed(kill: OomKill): OomKill {
  return kill.sacrificedFor === null && kill.score !== null
    ? { ...kill, badness: kill.score }
    : kill
}

/** `totalpages` of struct oom_control. */
function totalPagesOf(report: OomReport, body: Body): number | null {
  if (report.pageSizeBytes === null) return null
  if (report.constraint === 'memcg') return groupPages(report, body.totalSwapBytes)
  const pages = usablePages(body)
  if (report.constraint !== 'none' || pages === null || body.reservedPages === null) return null
  return pages + Math.floor((body.totalSwapBytes ?? 0) / report.pageSizeBytes)
}

/**
 * mem_cgroup_get_max(): the limit, and of the swap allowed on top no more than the machine has. Docker allows as much swap
 * as memory by default, mostly on machines without any, so where the machine's swap is not known the sum is not either.
 */
function groupPages(report: OomReport, machineSwapBytes: number | null): number | null {
  const { pageSizeBytes, memory } = report
  const limit = memory?.limitBytes ?? null
  if (limit === null || pageSizeBytes === null) return null
  const allowed = swapAllowed(report, limit)
  if (allowed === 0) return Math.floor(limit / pageSizeBytes)
  if (machineSwapBytes === null) return null
  return Math.floor((limit + Math.min(allowed, machineSwapBytes)) / pageSizeBytes)
}

/** Swap that the group may use beside its memory; v1 limits the sum of both. */
function swapAllowed(report: OomReport, limit: number): number {
  const { memorySwap, swap } = report
  if (memorySwap !== null) return Math.max(0, (memorySwap.limitBytes ?? Infinity) - limit)
  return swap === null ? Infinity : (swap.limitBytes ?? Infinity)
}

/** Whether the printed score of a root task shows the bonus of kernels before 4.17. */
function paidRootBonus(report: OomReport, total: number, pageSizeBytes: number): boolean {
  const kill = report.kills.find((candidate) => candidate.score !== null && candidate.uid === 0)
  if (kill === undefined || kill.sacrificedFor !== null) return false
  const row = report.processes.find((process) => process.pid === kill.pid)
  const inputs = row === undefined ? null : inputsOf(row, pageSizeBytes)
  if (inputs === null) return false
  return (
    badness(inputs, total, { rootBonus: true }) === kill.score &&
    badness(inputs, total) !== kill.score
  )
}

function inputsOf(task: ProcessMemory, pageSizeBytes: number): BadnessInputs | null {
  const { rssBytes, swapBytes, pageTableBytes, oomScoreAdj } = task
  if (rssBytes === null || swapBytes === null || pageTableBytes === null) return null
  if (oomScoreAdj === null) return null
  return {
    rssPages: Math.floor(rssBytes / pageSizeBytes),
    swapPages: Math.floor(swapBytes / pageSizeBytes),
    pageTablePages: Math.floor(pageTableBytes / pageSizeBytes),
    oomScoreAdj,
  }
}
