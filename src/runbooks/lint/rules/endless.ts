import { endsByItself } from '../../commands/endless.ts'
import type { Rule } from '../finding.ts'

export const endless: Rule = {
  id: 'endless',
  about: 'a command that goes on until somebody ends it',
  find: ({ steps }) =>
    steps
      .filter(({ kind, run }) => kind !== 'manual' && !run.every(endsByItself))
      .map(({ id, line }) => ({
        line,
        says: `'${id}' does not end by itself, and would fail when its time is over`,
        todo: 'take --watch, --follow or -f away, add --no-stream, or leave it to a person (kind=manual)',
        isError: false,
      })),
}
