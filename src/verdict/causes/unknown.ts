import type { CauseFinding, CauseRule } from '../cause-rule.ts'
import { reportOf, type Incident } from '../incident.ts'

/** A kill was seen, and nothing shows what filled the memory. Asked last, and only told when nothing else was found. */
export const unknownCause: CauseRule = { code: 'unknown', find }

function find(incident: Incident): CauseFinding | null {
  const report = reportOf(incident)
  if (report === null) return null
  return {
    confidence: 'possible',
    summary:
      'The evidence does not show what filled the memory: neither statistics of the group nor a task table came with the kill.',
    because: [report],
  }
}
