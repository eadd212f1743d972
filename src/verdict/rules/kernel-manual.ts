import { bindingOf, victimsInWords } from '../reading.ts'
import { kernelSaysOtherwise, type Answer, type Rule } from '../rule.ts'
import { reportOf, type Incident } from '../incident.ts'

/** Order -1 marks an OOM kill that somebody asked for: SysRq-f or /proc/sysrq-trigger (drivers/tty/sysrq.c). */
export const kernelManual: Rule = {
  id: 'kernel-manual',
  code: 'oom-manual',
  question: 'Was the OOM killer called by hand (SysRq-f)?',
  ask,
}

function ask(incident: Incident): Answer {
  const report = reportOf(incident)
  if (report === null || !report.fact.manual) return kernelSaysOtherwise(incident)
  return {
    answer: 'holds',
    confidence: 'certain',
    summary: `The kernel's OOM killer ended ${victimsInWords(incident)} because somebody called it by hand (SysRq-f); no limit was reached.`,
    mainProcessDied: incident.mainProcessDied,
    binding: { ...bindingOf(incident, 'none'), path: null, limitBytes: null, usageBytes: null },
    because: incident.reports,
    against: [],
  }
}
