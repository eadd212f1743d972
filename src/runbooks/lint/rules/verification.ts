import type { Rule } from '../finding.ts'

export const verification: Rule = {
  id: 'no-verification',
  about: 'it changes something, and nothing shows that it helped',
  find({ steps }) {
    const change = steps.find(({ kind }) => kind === 'change')
    if (change === undefined || steps.some(({ kind }) => kind === 'assert')) return []
    return [
      {
        line: change.line,
        says: 'this and what follows changes something, and no step shows that it helped',
        todo: 'add a section "Verification" with what has to be true afterwards (kind=assert)',
        isError: true,
      },
    ]
  },
}
