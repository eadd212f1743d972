import type { Binding, BindingScope } from '../../model/case.ts'
import { bindingOf, localEvents, ofLimit, reportScope, subjectInWords } from '../reading.ts'
import { NOT_SHOWN, type Answer, type Rule } from '../rule.ts'
import { reportOf, type Incident } from '../incident.ts'
import { aboveInWords } from './kernel-ancestor-limit.ts'
import { isOwnLimitInEffect } from './kernel-own-limit.ts'

/**
 * Memory ran out and nobody could be killed: all tasks at oom_score_adj -1000, or a kernel before 4.19 inside a system
 * call, which gets -ENOMEM instead. memory.events then shows `oom` without `oom_kill`.
 */
export const kernelNoVictim: Rule = {
  id: 'kernel-no-victim',
  code: 'oom-no-victim',
  question: 'Was memory exhausted without anything that could be killed?',
  ask,
}

function ask(incident: Incident): Answer {
  const report = reportOf(incident)
  const saysNobody = report !== null && report.fact.noKillable && report.fact.kills.length === 0
  const own = incident.groups.own
  // Before 5.2 there is no .local, and memory.events counts this group alone.
  const events = localEvents(own) ?? own?.fact.events ?? null
  const counted = events !== null && (events.oom ?? 0) > 0 && events.oomKill === 0
  if (!saysNobody && !(counted && incident.reports.length === 0)) return NOT_SHOWN
  const binding = bindingOf(incident, limitedScope(incident))
  return {
    answer: 'holds',
    confidence: saysNobody ? 'certain' : 'likely',
    summary: `${shortage(incident, binding)} and the kernel found nothing it may kill; ${afterwards(incident)}.`,
    mainProcessDied: incident.ending !== null ? true : incident.alive === true ? false : null,
    binding,
    because: [...incident.reports, ...(own === null ? [] : [own])],
    against: [],
  }
}

/** Whose limit was reached by the kernel's report: that of the container itself, of a group around or in it, or the machine's. */
export function limitedScope(incident: Incident): BindingScope {
  const report = reportOf(incident)?.fact
  if (report === undefined) return 'container'
  const isGroupless = report.oomMemcg === null && incident.subject.platform === 'host'
  if (report.constraint === 'none' || isGroupless) return 'host'
  const scope = reportScope(incident, report)
  if (scope === 'ancestor' && !isOwnLimitInEffect(incident)) return 'ancestor'
  return scope === 'nested' ? 'nested' : 'container'
}

function shortage(incident: Incident, { scope, path, limitBytes }: Binding): string {
  if (scope === 'host') return 'The machine ran out of memory'
  const subject = subjectInWords(incident)
  const at = `Memory ran out at the limit${ofLimit(limitBytes)} of`
  if (scope === 'ancestor') return `${at} ${aboveInWords(path)} above ${subject}`
  return scope === 'nested' ? `${at} ${path}, a group inside ${subject},` : `${at} ${subject}`
}

function afterwards(incident: Incident): string {
  const { ending } = incident
  if (ending === null) return 'allocations fail or hang until memory is freed'
  if (ending.askedBy !== null) return 'it was ended later by a signal from outside'
  const code = ending.exitCode
  return code === null ? 'it ended later' : `it ended later with exit code ${code}`
}
