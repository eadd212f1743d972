import type { Rule } from '../finding.ts'

export const explanation: Rule = {
  id: 'no-explanation',
  about: 'a command that nothing is said about',
  find: ({ steps }) =>
    steps
      .filter(
        ({ title, phase }) =>
          title.trim() === '' || title.toLowerCase() === phase.replaceAll('-', ' '),
      )
      .map(({ line, id }) => ({
        line,
        says: `nothing says what '${id}' is for`,
        todo: 'write a sentence above it',
        isError: false,
      })),
}
