import type { Rule } from '../finding.ts'

export const undo: Rule = {
  id: 'no-undo',
  about: 'a change that nobody knows how to take back',
  find: ({ steps }) =>
    steps
      .filter((step) => step.kind === 'change' && step.undo === null && step.risk !== 'low')
      .map(({ line, id }) => ({
        line,
        says: `'${id}' changes something, and does not say how it is taken back`,
        todo: 'say it with undo="…", or that there is nothing to lose with risk=low',
        isError: false,
      })),
}
