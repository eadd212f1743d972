import { buildCommand } from '@stricli/core'
import { asItIs } from '../../../as-it-is.ts'
import { COMMON_FLAGS } from '../../../common-flags.ts'
import { DATA_FLAG, EXIT_CODES } from '../parameters.ts'

export const lintCommand = buildCommand({
  loader: async () => (await import('../lint.ts')).lintRunbooks,
  parameters: {
    positional: {
      kind: 'array',
      parameter: {
        parse: asItIs,
        brief: 'Markdown files, or ids; all that come along where there is none',
        placeholder: 'ID|FILE',
      },
    },
    flags: { ...DATA_FLAG, ...COMMON_FLAGS },
  },
  docs: {
    brief: 'What is wrong with a runbook before somebody needs it',
    fullDescription: [
      'Finds changes that nothing verifies or takes back, checks that would change something, conditions that ask for what',
      'nobody gives, windows that begin before the change, links that lead nowhere, fences that do not end, and runbooks that',
      'nobody looked at for half a year: a run that ended well is looking at it, too.',
      '',
      'Examples:',
      '  stella runbook lint runbooks/*.md',
      '  stella runbook lint docs/oom.md --json | jq -r ".findings[].message"',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})
