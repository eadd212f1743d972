import { memoryRuledOutBy, subjectInWords } from '../reading.ts'
import { NO_BINDING, NOT_SHOWN, ruledOut, type Answer, type Rule } from '../rule.ts'
import type { Incident } from '../incident.ts'
import { cycleInWords } from '../restart-cycle.ts'
import { misleading, sideNote } from './asked-to-end.ts'

/** It ended by itself, not in order and not for memory: an exit code of its own, SIGSEGV, SIGABRT. */
export const crashed: Rule = {
  id: 'crashed',
  code: 'crashed',
  question: 'Did it end by itself, with an error of its own?',
  ask,
}

const FATAL_SIGNALS: ReadonlyMap<number, string> = new Map([
  [4, 'SIGILL'],
  [6, 'SIGABRT'],
  [7, 'SIGBUS'],
  [8, 'SIGFPE'],
  [11, 'SIGSEGV'],
  [31, 'SIGSYS'],
])

function ask(incident: Incident): Answer {
  const { ending } = incident
  if (incident.reports.length > 0) return ruledOut(incident.reports)
  if (ending === null) return NOT_SHOWN
  const { exitCode, signal } = ending
  if (exitCode === null && signal === null) return NOT_SHOWN
  if (exitCode === 0) return NOT_SHOWN
  const number = signal ?? (exitCode !== null && exitCode > 128 ? exitCode - 128 : null)
  const name = number === null ? undefined : FATAL_SIGNALS.get(number)
  const how =
    name === undefined
      ? `exit code ${exitCode}`
      : `${name} (exit code ${exitCode ?? 128 + (number ?? 0)})`
  return {
    answer: 'holds',
    confidence: incident.faults.length > 0 || name !== undefined ? 'certain' : 'likely',
    summary: `${subjectInWords(incident)} ended by itself with ${how}; no kernel kill and no signal from outside is in the evidence.${sideNote(incident)}${cycleInWords(incident)}`,
    mainProcessDied: true,
    binding: NO_BINDING,
    because: [...ending.because, ...incident.faults, ...memoryRuledOutBy(incident)],
    against: misleading(incident),
  }
}
