import { excerptOf, type EvidenceSource, type Observation } from '../../model/evidence.ts'
import { formatBytes } from '../../model/bytes.ts'
import type { Fact } from '../../model/facts.ts'
import type { OomKill, OomReport, UserspaceKill } from '../../model/kernel.ts'
import type { Origin } from '../format.ts'
import { reportOf, type OpenReport } from './open-report.ts'
import type { Other, OtherFact } from './others.ts'

export function observeReport(
  open: OpenReport,
  origin: Origin,
  source: EvidenceSource,
): Observation<OomReport> {
  const fact = reportOf(open)
  return {
    source,
    at: open.first.at,
    says: reportInWords(fact),
    excerpt: excerptOf(open.excerpt.join('\n')),
    from: `${origin.from}:${open.first.number}`,
    fact,
  }
}

export function observeOther(other: Other, origin: Origin, source: EvidenceSource): Observation {
  const { line, fact } = other
  return {
    source,
    at: line.at,
    says: otherInWords(fact),
    excerpt: excerptOf(line.raw),
    from: `${origin.from}:${line.number}`,
    fact: fact satisfies Fact,
  }
}

function reportInWords(report: OomReport): string {
  return `The kernel ${deedOf(report)}${placeOf(report)}${missingKill(report)}`
}

function deedOf(report: OomReport): string {
  const [first, ...rest] = report.kills
  if (report.noKillable) return 'was out of memory and found no process it may kill'
  if (first === undefined) return 'was out of memory; whom it killed is not in the log'
  const group = report.groupKill === null ? '' : `, all of ${report.groupKill}`
  if (rest.length > 0) {
    return `killed ${rest.length + 1} processes, ${nameOf(first)} first${group}`
  }
  if (first.sacrificedFor === null) return `killed ${nameOf(first)}${sizeOf(first)}`
  const { pid, name } = first.sacrificedFor
  return `killed ${nameOf(first)} as a child of ${name} (PID ${pid}), which it had chosen`
}

function nameOf(kill: OomKill): string {
  return `${kill.name} (PID ${kill.pid})`
}

function sizeOf(kill: OomKill): string {
  return kill.rssBytes === null ? '' : ` with ${formatBytes(kill.rssBytes)} resident`
}

function placeOf(report: OomReport): string {
  if (report.manual) return ' because somebody asked for it (SysRq f).'
  switch (report.constraint) {
    case 'memcg':
      return atLimit(report)
    case 'cpuset':
      return ' because the memory nodes of a cpuset ran out.'
    case 'memory-policy':
      return ' because the memory nodes of a memory policy ran out.'
    case 'bpf':
      return ' because a BPF policy asked for it.'
    case 'none':
      return ' because the machine ran out of memory.'
    case null:
      return report.kills.length === 0 ? '.' : '; at which limit is not in the log.'
  }
}

function atLimit(report: OomReport): string {
  const limit = report.memory?.limitBytes ?? null
  const ofSize = limit === null ? '' : ` of ${formatBytes(limit)}`
  if (report.oomMemcg === null)
    return ` at the limit${ofSize} of a memory group that the log does not name.`
  return ` at the limit${ofSize} of ${report.oomMemcg}.`
}

function missingKill(report: OomReport): string {
  if (report.kills.length === 0 || !report.missing.includes('kill')) return ''
  return ' The line that tells of the kill itself is missing.'
}

function otherInWords(fact: OtherFact): string {
  switch (fact.kind) {
    case 'kernel-panic':
      return fact.outOfMemory
        ? `The kernel panicked for lack of memory: ${fact.message}`
        : `The kernel panicked: ${fact.message}`
    case 'kernel-fault':
      return `${fact.name} (PID ${fact.pid}) crashed by itself: ${fact.message}`
    case 'suppressed-reports':
      return `The kernel left out the details of ${fact.count} more OOM kills.`
    case 'userspace-kill':
      return userspaceInWords(fact)
  }
}

function userspaceInWords(kill: UserspaceKill): string {
  const pid = kill.pid === null ? '' : ` (PID ${kill.pid})`
  const whom = kill.name === null ? (kill.cgroup ?? `a process${pid}`) : `${kill.name}${pid}`
  const signal = kill.signal === null ? 'killed' : `sent ${kill.signal} to`
  return `${kill.killer} ${signal} ${whom}${kill.reason === null ? '' : `: ${kill.reason}`}`
}
