import { memoryRuledOutBy, subjectInWords } from '../reading.ts'
import { NO_BINDING, NOT_SHOWN, ruledOut, type Answer, type Rule } from '../rule.ts'
import type { Incident } from '../incident.ts'
import { misleading, sideNote } from './asked-to-end.ts'

/** It ended in order. */
export const exited: Rule = {
  id: 'exited',
  code: 'exited',
  question: 'Did it end normally, with exit code 0?',
  ask,
}

function ask(incident: Incident): Answer {
  const { ending } = incident
  if (incident.reports.length > 0) return ruledOut(incident.reports)
  if (ending === null || ending.exitCode !== 0) return NOT_SHOWN
  return {
    answer: 'holds',
    confidence: 'certain',
    summary: `${subjectInWords(incident)} ended normally with exit code 0.${sideNote(incident)}`,
    mainProcessDied: true,
    binding: NO_BINDING,
    because: [...ending.because, ...memoryRuledOutBy(incident)],
    against: misleading(incident),
  }
}
