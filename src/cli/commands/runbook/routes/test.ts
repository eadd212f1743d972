import { buildCommand } from '@stricli/core'
import { asItIs } from '../../../as-it-is.ts'
import { COMMON_FLAGS } from '../../../common-flags.ts'

export const testCommand = buildCommand({
  loader: async () => (await import('../test.ts')).testRunbooks,
  parameters: {
    positional: {
      kind: 'array',
      parameter: {
        parse: asItIs,
        brief: 'Runbooks, or files with their tests; all that come along where there is none',
        placeholder: 'ID|FILE',
      },
    },
    flags: COMMON_FLAGS,
  },
  docs: {
    brief: 'Tests of runbooks: what a run comes to, with the answers of its commands made up',
    fullDescription: [
      'Plays the tests that stand beside a runbook (oom.test.yaml beside oom.md). No command is run, time passes as fast as',
      'it can, and nothing is kept. A command that no test has an answer for fails the test. Which ways through the runbook',
      'no test has gone is told behind them.',
      '',
      'Examples:',
      '  stella runbook test',
      '  stella runbook test docs/oom.md --json | jq -r ".runbooks[].tests[] | select(.passed | not) | .name"',
      '',
      'Exit code: 0 all hold, 1 one failed, 2 a file of tests cannot be read, 3 there is no such runbook or it has no tests, 70 a fault of stella.',
    ].join('\n'),
  },
})
