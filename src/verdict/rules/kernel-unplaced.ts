import { bindingOf, subjectInWords, victimsInWords } from '../reading.ts'
import { NOT_SHOWN, type Answer, type Rule } from '../rule.ts'
import { reportOf, type Incident } from '../incident.ts'

/**
 * A kill whose report does not say which limit was reached: before 5.0 and rate-limited, or cut out of a longer log.
 * "Out of memory:" without "Memory cgroup" is the host; anything less is taken for the group the victim lived in.
 */
export const kernelUnplaced: Rule = {
  id: 'kernel-unplaced',
  code: 'oom-own-limit',
  question: 'Did the kernel kill here, for a limit its log no longer names?',
  ask,
}

function ask(incident: Incident): Answer {
  const report = reportOf(incident)
  if (report === null || report.fact.kills.length === 0) return NOT_SHOWN
  if (report.fact.constraint !== null) return NOT_SHOWN
  return {
    answer: 'holds',
    confidence: 'possible',
    summary: `The kernel's OOM killer ended ${victimsInWords(incident)} of ${subjectInWords(incident)}; the log does not say any more which limit was reached.`,
    mainProcessDied: incident.mainProcessDied,
    binding: bindingOf(incident, 'container'),
    because: [...incident.reports, ...incident.suppressed],
    against: [],
  }
}
