/** Which kernel logs were listened to at the time of an incident: only their silence is worth something. */
import { describeCgroupPath } from '../evidence/cgroup-path.ts'
import type { Observation } from '../model/evidence.ts'
import type { KernelLogCoverage } from '../model/kernel.ts'
import type { Life } from './lives.ts'
import type { SubjectEvidence } from './subject-evidence.ts'

/** A log that goes quiet is not a log that stopped: it covers this long after its last line. */
const QUIET_MS = 10 * 60_000
/** Where the engine tells of an OOM kill, a log has to reach that moment: clocks differ by less than this. */
const CLOCKS_MS = 1_000

/** The logs that cover the time; none of them where a report cut short may be about this very incident. */
export function silentLogs(
  evidence: SubjectEvidence,
  life: Life,
  at: number,
): readonly Observation<KernelLogCoverage>[] {
  if (isDrownedOut(evidence, life, at)) return []
  const { coverage, bootAt } = evidence.around
  const told = toldAt(evidence, life)
  const until = told === null ? at - QUIET_MS : told - CLOCKS_MS
  return coverage.filter(({ fact }) => reaches(fact, at, until, bootAt))
}

/** When the engine says that something was OOM-killed in this life; null: it does not say so. */
function toldAt({ record }: SubjectEvidence, { events, ending }: Life): number | null {
  const event = events.findLast(({ fact }) => fact.action === 'oom')
  if (event !== undefined) return event.at
  const flagged = record.states.some(({ fact }) => fact.oomKilled === true)
  return flagged && ending?.exitCode === 137 ? ending.at : null
}

/** An end this close to a report may be its consequence. */
const AROUND_MS = 5_000

/** A report that is cut off before it names its group or its victim may be about this very end: that log is not silent. */
function isDrownedOut(
  { record, reports, around }: SubjectEvidence,
  life: Life,
  at: number,
): boolean {
  const told = life.events.filter(({ fact }) => fact.action === 'oom').map((event) => event.at)

  return around.unplaced.some((report) => {
    const { containerId } = describeCgroupPath(report.fact.oomMemcg ?? '')
    if (containerId !== null && !reports.includes(report)) return false
    if (record.subject.platform === 'host') return false
    const reportAt = report.at
    if (reportAt === null) return true
    return [at, ...told].some((time) => time !== null && Math.abs(reportAt - time) <= AROUND_MS)
  })
}

/** The log was being written at that time. */
function reaches(
  coverage: KernelLogCoverage,
  at: number,
  until: number,
  bootAt: number | null,
): boolean {
  const first = coverage.firstAt ?? fromBoot(coverage.firstBootSeconds, bootAt)
  const last = coverage.lastAt ?? fromBoot(coverage.lastBootSeconds, bootAt)
  if (first === null || last === null) return false
  return first <= at && until <= last
}

function fromBoot(seconds: number | null, bootAt: number | null): number | null {
  return seconds === null || bootAt === null ? null : bootAt + seconds * 1_000
}
