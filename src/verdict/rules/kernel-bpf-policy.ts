import { bindingOf, subjectInWords, victimsInWords } from '../reading.ts'
import { kernelSaysOtherwise, type Answer, type Rule } from '../rule.ts'
import { reportOf, type Incident } from '../incident.ts'

/** `CONSTRAINT_BPF_…` (patches of the 6.16 era): a program loaded from user space chose, mostly by pressure, not by a limit. */
export const kernelBpfPolicy: Rule = {
  id: 'kernel-bpf-policy',
  code: 'oom-userspace',
  question: 'Did a BPF out-of-memory policy choose the victim?',
  ask,
}

function ask(incident: Incident): Answer {
  const report = reportOf(incident)
  if (report === null || report.fact.constraint !== 'bpf') return kernelSaysOtherwise(incident)
  const word = report.fact.constraintWord === null ? '' : ` (${report.fact.constraintWord})`
  return {
    answer: 'holds',
    confidence: 'certain',
    summary: `A BPF out-of-memory policy${word} ended ${victimsInWords(incident)} of ${subjectInWords(incident)}; no limit had to be reached for that.`,
    mainProcessDied: incident.mainProcessDied,
    binding: { ...bindingOf(incident, 'userspace'), limitBytes: null },
    because: incident.reports,
    against: [],
  }
}
