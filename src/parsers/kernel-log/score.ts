import type { OomKill, OomReport } from '../../model/kernel.ts'
import type { ProcessMemory } from '../../model/memory.ts'
import { badness, type BadnessInputs } from './badness.ts'
import type { Body } from './body.ts'

/**
 * Adds the scores: as printed where the kernel printed one for that very task (up to 5.2), else recomputed from the task
 * table, relative to the limit that was reached or to RAM and swap.
 */
export function fillBadness(report: OomReport, body: Body): OomReport {
  const { pageSizeBytes } = report
  const total = totalPagesOf(report, body)
  if (pageSizeBytes === null || total === null)
    return { ...report, kills: report.kills.map(printed) }
  const rootBonus = paidRootBonus(report, total, pageSizeBytes)
  const scoreOf = (task: ProcessMemory): number | null => {
    const inputs = inputsOf(task, pageSizeBytes)
    return inputs === null
      ? null
      : badness(inputs, total, { rootBonus: rootBonus && task.uid === 0 })
  }
  const { processes } = report
  for (const process of processes) process.badness = scoreOf(process)
  const byPid = new Map(processes.map((process) => [process.pid, process.badness]))
  const kills = report.kills.map((kill) => {
    const asPrinted = printed(kill)
    return { ...asPrinted, badness: asPrinted.badness ?? byPid.get(kill.pid) ?? scoreOf(kill) }
  })
  return { ...report, kills }
}

/** The printed score belongs to the chosen task, not to the child that died for it. */
function printed(kill: OomKill): OomKill {
  return kill.sacrificedFor === null && kill.score !== null
    ? { ...kill, badness: kill.score }
    : kill
}

/** Oom_control.totalpages; swap that has no limit of its own is not counted. */
function totalPagesOf(report: OomReport, body: Body): number | null {
  if (report.pageSizeBytes === null) return null
  if (report.constraint === 'memcg') {
    const limit = report.memory?.limitBytes ?? null
    if (limit === null) return null
    const withSwap = report.memorySwap?.limitBytes ?? limit + (report.swap?.limitBytes ?? 0)
    return Math.floor(Math.max(limit, withSwap) / report.pageSizeBytes)
  }
  if (report.constraint !== 'none' || body.ramPages === null || body.reservedPages === null)
    return null
  const swapPages = Math.floor((body.totalSwapBytes ?? 0) / report.pageSizeBytes)
  return body.ramPages - body.reservedPages + swapPages
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
