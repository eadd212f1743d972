import { bindingOf, hostAvailableBytes, subjectInWords } from '../reading.ts'
import { NOT_SHOWN, type Answer, type Rule } from '../rule.ts'
import { reportOf, type Incident } from '../incident.ts'
import { limitedScope } from './kernel-no-victim.ts'

/** The kernel panicked on out-of-memory: everything on the machine ended with it. */
export const kernelPanic: Rule = {
  id: 'kernel-panic',
  code: 'oom-panic',
  question: 'Did the kernel panic on out-of-memory?',
  ask,
}

function ask(incident: Incident): Answer {
  const panic = incident.panics.find(({ fact }) => fact.outOfMemory)
  if (panic === undefined) return NOT_SHOWN
  const report = reportOf(incident)
  const limited =
    report?.fact.constraint === 'memcg' ? bindingOf(incident, limitedScope(incident)) : null
  return {
    answer: 'holds',
    confidence: 'certain',
    summary: `The kernel panicked because memory ran out and took the machine down; ${subjectInWords(incident)} ended with it.`,
    mainProcessDied: true,
    binding: limited ?? {
      scope: 'host',
      path: null,
      limitBytes: report?.fact.host?.totalRamBytes ?? incident.hostMemory?.fact.totalBytes ?? null,
      usageBytes: null,
      hostAvailableBytes: hostAvailableBytes(incident),
    },
    because: [panic, ...incident.reports],
    against: [],
  }
}
