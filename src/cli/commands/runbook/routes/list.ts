import { buildCommand } from '@stricli/core'
import { COMMON_FLAGS } from '../../../common-flags.ts'
import { DATA_FLAG, EXIT_CODES } from '../parameters.ts'

export const listCommand = buildCommand({
  loader: async () => (await import('../list.ts')).listRunbooks,
  parameters: { flags: { ...DATA_FLAG, ...COMMON_FLAGS } },
  docs: {
    brief: 'The runbooks that come along',
    fullDescription: [
      'Lists the runbooks that come with stella, with what each is for, and when a run of it ended well for the last time.',
      '',
      'Examples:',
      '  stella runbook list',
      '  stella runbook list --json | jq -r ".runbooks[].id"',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})
