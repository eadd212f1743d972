import { bindingOf, localEvents, ofLimit, reportScope, subjectInWords } from '../reading.ts'
import { NOT_SHOWN, type Answer, type Rule } from '../rule.ts'
import { reportOf, type Incident } from '../incident.ts'

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
  const scope = report === null ? 'own' : reportScope(incident, report.fact)
  const binding = bindingOf(
    incident,
    report?.fact.constraint === 'none'
      ? 'host'
      : scope === 'ancestor'
        ? 'ancestor'
        : scope === 'nested'
          ? 'nested'
          : 'container',
  )
  return {
    answer: 'holds',
    confidence: saysNobody ? 'certain' : 'likely',
    summary: `Memory ran out at the limit${ofLimit(binding.limitBytes)} of ${subjectInWords(incident)} and the kernel found nothing it may kill; ${afterwards(incident)}.`,
    mainProcessDied: incident.ending !== null ? true : incident.alive === true ? false : null,
    binding,
    because: [...incident.reports, ...(own === null ? [] : [own])],
    against: [],
  }
}

function afterwards(incident: Incident): string {
  const { ending } = incident
  if (ending === null) return 'allocations fail or hang until memory is freed'
  if (ending.askedBy !== null) return 'it was ended later by a signal from outside'
  const code = ending.exitCode
  return code === null ? 'it ended later' : `it ended later with exit code ${code}`
}
