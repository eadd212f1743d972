import type { CauseFinding, CauseRule } from '../cause-rule.ts'
import { reportOf, type Incident } from '../incident.ts'

/** A kill was seen, and nothing shows what filled the memory. Asked last, and only told when nothing else was found. */
export const unknownCause: CauseRule = { code: 'unknown', find }

function find(incident: Incident): CauseFinding | null {
  const report = reportOf(incident)
  // By hand: nothing needs to have filled the memory.
  if (report === null || report.fact.manual) return null
  const { stat, processes } = report.fact
  return {
    confidence: 'possible',
    summary:
      stat.size === 0 && processes.length === 0
        ? 'The evidence does not show what filled the memory: neither statistics of the group nor a task table came with the kill.'
        : 'The evidence does not show what filled the memory: what the report lists explains it by no pattern that is known here.',
    because: [report],
  }
}
