import type { OomReport } from '../../model/kernel.ts'
import type { OomCandidate } from './candidate.ts'
import { type OomEvidence, USUAL_PAGE_BYTES } from './evidence.ts'
import { pointsShowRootBonus, scoreShowsTotal } from './root-bonus.ts'
import { type OomRules, rulesOf } from './rules.ts'
import type { OomSetting } from './simulate.ts'
import { groupTotalBytes, hostTotalBytes, type SwapAllowance } from './total.ts'

/**
 * The setting of a recorded kill, from the task table that the kernel printed before it.
 *
 * @param machineSwapBytes SwapTotal of the machine, where other evidence tells it
 * @returns null where the report has no table
 */
export function evidenceOfReport(
  report: OomReport,
  machineSwapBytes: number | null,
): OomEvidence | null {
  if (report.processes.length === 0) return null
  const pageSizeBytes = report.pageSizeBytes ?? USUAL_PAGE_BYTES
  const totalBytes = totalOf(report, machineSwapBytes) ?? totalByScore(report, pageSizeBytes)
  const totalPages = totalBytes === null ? null : Math.floor(totalBytes / pageSizeBytes)
  const isGroup = isOfGroup(report)
  const leastBytes = (isGroup ? report.memory?.limitBytes : null) ?? 0
  const setting: OomSetting = {
    scope: isGroup ? 'memory-group' : 'host',
    candidates: candidatesOf(report, isGroup),
    scale: { totalPages, atLeastPages: Math.floor(leastBytes / pageSizeBytes), pageSizeBytes },
    rules: rulesFor(report, totalPages, pageSizeBytes),
    path: report.oomMemcg,
    oomGroups: new Map(report.groupKill === null ? [] : [[report.groupKill, true]]),
    panicOnOom: null,
    killsAllocatingTask: null,
    killDisabled: false,
  }
  return {
    setting,
    cgroupVersion: report.memorySwap !== null ? 1 : report.swap !== null ? 2 : null,
    kernelVersion: report.kernelVersion,
    limitBytes: isGroup ? (report.memory?.limitBytes ?? null) : null,
    roomBytes: null,
    killed: report.kills.map(({ pid, name, sacrificedFor }) => ({
      pid,
      name,
      inPlaceOf: sacrificedFor,
    })),
    blurBytes: 0,
    unknown: gapsOf(report, totalBytes),
  }
}

function isOfGroup(report: OomReport): boolean {
  if (report.constraint !== null) return report.constraint === 'memcg'
  return !report.globalOom && report.memory !== null
}

function totalOf(report: OomReport, machineSwapBytes: number | null): number | null {
  const swapBytes = report.host?.totalSwapBytes ?? machineSwapBytes
  if (isOfGroup(report)) {
    const limitBytes = report.memory?.limitBytes ?? null
    if (limitBytes === null) return null
    const swap = swapAllowed(report, limitBytes)
    return groupTotalBytes({ limitBytes, swap, machineSwapBytes: swapBytes, swappiness: null })
  }
  // Under a cpuset or memory policy the kernel counts the pages of the allowed nodes alone.
  if (report.constraint === 'cpuset' || report.constraint === 'memory-policy') return null
  return hostTotalBytes(report.host?.totalRamBytes ?? null, swapBytes)
}

/** Old kernels print the score of their victim; where it is that of the limit alone, the machine had no swap to add. */
function totalByScore(report: OomReport, pageSizeBytes: number): number | null {
  const limitBytes = isOfGroup(report) ? (report.memory?.limitBytes ?? null) : null
  if (limitBytes === null) return null
  const totalPages = Math.floor(limitBytes / pageSizeBytes)
  return scoreShowsTotal(report, totalPages, pageSizeBytes) ? limitBytes : null
}

function swapAllowed(report: OomReport, limitBytes: number): SwapAllowance {
  const { memorySwap, swap } = report
  if (memorySwap !== null) {
    return memorySwap.limitBytes === null
      ? 'unlimited'
      : Math.max(0, memorySwap.limitBytes - limitBytes)
  }
  return swap === null ? 'unknown' : (swap.limitBytes ?? 'unlimited')
}

/** A table does not name groups: all of it lives below the group at its limit, and the killed ones in the killed group. */
function candidatesOf(report: OomReport, isGroup: boolean): OomCandidate[] {
  const killed = new Set(report.kills.map(({ pid }) => pid))
  return report.processes.map(({ badness: _, ...process }) => ({
    ...process,
    parentPid: null,
    cgroup:
      report.groupKill !== null && killed.has(process.pid)
        ? report.groupKill
        : isGroup
          ? report.oomMemcg
          : null,
    exempt: null,
  }))
}

function rulesFor(report: OomReport, totalPages: number | null, pageSizeBytes: number): OomRules {
  const byVersion = rulesOf(report.kernelVersion)
  const scored = report.kills.find(({ score }) => score !== null)
  // Kernels up to 5.2 print the score of the victim, later ones do not.
  const old = scored !== undefined && report.kernelVersion === null
  const rules: OomRules = old ? { ...rulesOf('5.2'), sacrificesChild: false } : byVersion
  const shown =
    scored === undefined || totalPages === null
      ? null
      : pointsShowRootBonus(report, scored, totalPages, pageSizeBytes)
  // A container's root lacks CAP_SYS_ADMIN, unless it is privileged.
  return { ...rules, rootBonus: shown ?? (rules.rootBonus && !isOfGroup(report)) }
}

function gapsOf(report: OomReport, totalBytes: number | null): string[] {
  const gaps: string[] = []
  if (totalBytes === null) {
    gaps.push(
      'what the score is relative to is not known (the limit or RAM, with the swap of the machine): scores are left out',
    )
  }
  const named = new Set(report.processes.map(({ pid }) => pid))
  const absent = report.kills.filter(({ pid }) => !named.has(pid))
  if (absent.length > 0 || report.missing.includes('tasks')) {
    gaps.push('the table of processes in the kernel log is not complete')
  }
  return gaps
}
