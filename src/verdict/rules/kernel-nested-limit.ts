import { bindingOf, ofLimit, reportScope, subjectInWords, victimsInWords } from '../reading.ts'
import { kernelSaysOtherwise, type Answer, type Rule } from '../rule.ts'
import { reportOf, type Incident } from '../incident.ts'

/** `oom_memcg` lies below the subject: Docker in Docker, systemd in a container, a group the program made itself. */
export const kernelNestedLimit: Rule = {
  id: 'kernel-nested-limit',
  code: 'oom-nested-limit',
  question: 'Was the limit of a group inside it reached?',
  ask,
}

function ask(incident: Incident): Answer {
  const report = reportOf(incident)
  if (report === null || report.fact.kills.length === 0) return kernelSaysOtherwise(incident)
  if (report.fact.constraint !== 'memcg' || reportScope(incident, report.fact) !== 'nested') {
    return kernelSaysOtherwise(incident)
  }
  const binding = bindingOf(incident, 'nested')
  return {
    answer: 'holds',
    confidence: 'certain',
    summary: `The kernel's OOM killer ended ${victimsInWords(incident)} at the limit${ofLimit(binding.limitBytes)} of ${report.fact.oomMemcg}, a group inside ${subjectInWords(incident)}, whose own limit was not reached.`,
    mainProcessDied: incident.mainProcessDied,
    binding,
    because: incident.reports,
    against: [],
  }
}
