import { buildCommand } from '@stricli/core'
import { COMMON_FLAGS } from '../../../common-flags.ts'
import { DATA_FLAG, EXIT_CODES, RUNBOOK_PARAMETER } from '../parameters.ts'

export const showCommand = buildCommand({
  loader: async () => (await import('../show.ts')).showRunbook,
  parameters: { positional: RUNBOOK_PARAMETER, flags: { ...DATA_FLAG, ...COMMON_FLAGS } },
  docs: {
    brief: 'A runbook, as it was understood',
    fullDescription: [
      'Shows what a runbook is about, its parameters, and each step with what it does: check, change, assert, or for a person.',
      'Any Markdown document with commands in fences can be read; what had to be mended for it is told.',
      '',
      'Examples:',
      '  stella runbook show scanner-oom',
      '  stella runbook show docs/oom.md --json',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})
