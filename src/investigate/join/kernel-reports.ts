/** Which subject each kernel report is about. */
import { describeCgroupPath } from '../../evidence/cgroup-path.ts'
import type { Observation } from '../../model/evidence.ts'
import type { ProcessState } from '../../model/facts.ts'
import type { OomReport } from '../../model/kernel.ts'
import { isBelow, samePath } from '../../verdict/reading.ts'
import { HOST, type SubjectRecord, type SubjectRegister } from '../subjects.ts'

/**
 * Gives each report to its subject.
 *
 * @param claimed the subject that the user named; it gets what happened in its group, whatever else lives there
 */
export function placeReports(
  reports: readonly Observation<OomReport>[],
  register: SubjectRegister,
  claimed: SubjectRecord | null,
  processes: readonly Observation<ProcessState>[],
): ReadonlyMap<SubjectRecord, readonly Observation<OomReport>[]> {
  const placed = new Map<SubjectRecord, Observation<OomReport>[]>()
  let before: { report: Observation<OomReport>; record: SubjectRecord } | null = null
  for (const report of reports) {
    const record: SubjectRecord =
      claimedFor(report.fact, claimed) ??
      recordFor(report, register, processes, before) ??
      register.add(hostOrUnknown(report.fact))
    const mine = placed.get(record)
    if (mine === undefined) placed.set(record, [report])
    else mine.push(report)
    before = { report, record }
  }
  return placed
}

function claimedFor(report: OomReport, claimed: SubjectRecord | null): SubjectRecord | null {
  if (claimed === null) return null
  if (claimed.subject.platform === 'process') {
    return report.kills.some(({ pid }) => String(pid) === claimed.subject.id) ? claimed : null
  }
  const path = claimed.path
  if (path === null) return null
  const inside = (one: string | null): boolean =>
    one !== null && (samePath(one, path) || isBelow(one, path))
  return inside(report.taskMemcg) || inside(report.oomMemcg) ? claimed : null
}

function recordFor(
  report: Observation<OomReport>,
  register: SubjectRegister,
  processes: readonly Observation<ProcessState>[],
  before: { report: Observation<OomReport>; record: SubjectRecord } | null,
): SubjectRecord | null {
  const { taskMemcg, oomMemcg, constraint } = report.fact
  const path = taskMemcg ?? oomMemcg ?? report.fact.groupKill
  if (path !== null) {
    const { containerId } = describeCgroupPath(path)
    // Without a container, a machine that ran out is its own subject, wherever the victim happened to live.
    if (containerId === null && constraint !== 'memcg' && constraint !== 'bpf') return null
    return register.atPath(path)
  }
  return (
    rateLimited(report, before) ??
    byVictim(report.fact, register, processes) ??
    byEngine(report, register)
  )
}

/** An engine tells of a kill within this time. */
const TOLD_WITHIN_MS = 2_000

/** The one container of which its engine says, at that very time, that it ran out of memory. */
function byEngine(report: Observation<OomReport>, register: SubjectRegister): SubjectRecord | null {
  const { at, fact } = report
  if (at === null || fact.constraint !== 'memcg') return null
  const isNear = (time: number | null): boolean =>
    time !== null && Math.abs(time - at) <= TOLD_WITHIN_MS
  const [first, ...others] = register.records.filter(
    ({ events, states }) =>
      events.some((event) => event.fact.action === 'oom' && isNear(event.at)) ||
      states.some((state) => state.fact.oomKilled === true && isNear(state.fact.finishedAt)),
  )
  return others.length === 0 ? (first ?? null) : null
}

/** A kill line whose header was rate-limited belongs to the report whose task table has its PID. */
function rateLimited(
  report: Observation<OomReport>,
  before: { report: Observation<OomReport>; record: SubjectRecord } | null,
): SubjectRecord | null {
  if (before === null || !report.fact.missing.includes('summary')) return null
  const table = new Set(before.report.fact.processes.map(({ pid }) => pid))
  const listed = report.fact.kills.some(({ pid }) => table.has(pid))
  const sameWords = report.fact.constraint === before.report.fact.constraint
  const gap = gapSeconds(before.report, report)
  return listed || (sameWords && gap !== null && gap <= 1) ? before.record : null
}

function gapSeconds(a: Observation<OomReport>, b: Observation<OomReport>): number | null {
  const [bootA, bootB] = [a.fact.bootSeconds, b.fact.bootSeconds]
  if (bootA !== null && bootB !== null) return Math.abs(bootB - bootA)
  return a.at !== null && b.at !== null ? Math.abs(b.at - a.at) / 1_000 : null
}

function byVictim(
  report: OomReport,
  register: SubjectRegister,
  processes: readonly Observation<ProcessState>[],
): SubjectRecord | null {
  const victim = processes.find(({ fact }) => report.kills.some(({ pid }) => pid === fact.pid))
  const path = victim?.fact.cgroupPaths[0]
  return path === undefined ? null : register.atPath(path)
}

function hostOrUnknown(report: OomReport): SubjectRecord['subject'] {
  if (report.constraint === 'memcg') {
    const [first] = report.kills
    return {
      platform: 'unknown',
      name: first?.name ?? null,
      id: first === undefined ? null : String(first.pid),
      image: null,
    }
  }
  return HOST
}
