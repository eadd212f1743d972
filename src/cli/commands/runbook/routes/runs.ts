import { buildCommand } from '@stricli/core'
import { COMMON_FLAGS } from '../../../common-flags.ts'
import { DATA_FLAG } from '../parameters.ts'

export const runsCommand = buildCommand({
  loader: async () => (await import('../runs.ts')).listRuns,
  parameters: { flags: { ...DATA_FLAG, ...COMMON_FLAGS } },
  docs: {
    brief: 'The runs that were made, newest first',
    fullDescription: [
      'Lists the newest hundred runs, with what came of each, or what it waits for.',
      '',
      'Examples:',
      '  stella runbook runs',
      '  stella runbook runs --json | jq -r ".runs[] | select(.verdict == null) | .run"',
      '',
      'Exit code: 0 also where there is none, 2 wrong call, 70 a fault of stella.',
    ].join('\n'),
  },
})
