import type { Rule } from '../finding.ts'

/** Logs and lists of a time that is counted back from now. */
const LOOKS_BACK = /\s--(?:last|since)[ =]\d+[smhd]\b/

export const window: Rule = {
  id: 'window-before-change',
  about: 'a verification that also sees what was before the change',
  find: ({ steps }) =>
    steps
      .filter(
        ({ kind, since, run }) =>
          kind === 'assert' && since === null && run.some((command) => LOOKS_BACK.test(command)),
      )
      .map(({ line, id }) => ({
        line,
        says: `'${id}' looks back from now, and so at what was before the change`,
        todo: 'count from the change: since=change',
        isError: false,
      })),
}
