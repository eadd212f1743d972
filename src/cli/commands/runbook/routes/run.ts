import { buildCommand } from '@stricli/core'
import { asItIs } from '../../../as-it-is.ts'
import { COMMON_FLAGS } from '../../../common-flags.ts'
import { APPROVAL_FLAGS, DATA_FLAG, RUNBOOK_PARAMETER, RUN_EXIT_CODES } from '../parameters.ts'

export const runCommand = buildCommand({
  loader: async () => (await import('../run.ts')).runRunbook,
  parameters: {
    positional: RUNBOOK_PARAMETER,
    flags: {
      dryRun: {
        kind: 'boolean',
        brief: 'Only show the plan: what would be run, and what it would change',
        optional: true,
        withNegated: false,
      },
      param: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'The value of a parameter; may be repeated',
        placeholder: 'NAME=VALUE',
        variadic: true,
        optional: true,
      },
      onlyChecks: {
        kind: 'boolean',
        brief: 'Only look',
        optional: true,
        withNegated: false,
      },
      deep: {
        kind: 'boolean',
        brief: 'Look deeper too, which may take long',
        optional: true,
        withNegated: false,
      },
      ...APPROVAL_FLAGS,
      undoOnFailure: {
        kind: 'boolean',
        brief: 'Take the changes back where one of them, or the verification, fails',
        optional: true,
        withNegated: false,
      },
      ...DATA_FLAG,
      ...COMMON_FLAGS,
    },
  },
  docs: {
    brief: 'Go through a runbook',
    fullDescription: [
      'Looks first, asks before it changes something, and shows whether that helped. Without a terminal it waits before the first',
      'change, until somebody has approved the plan by its hash. All of it is written down; a run that stopped is resumed.',
      '',
      'Examples:',
      '  stella runbook run scanner-oom --dry-run',
      '  stella runbook run scanner-oom --param image=registry:debian:12 --dry-run --json | jq ".plan[] | select(.changes)"',
      '  stella runbook run scanner-oom --param job=1f2e3d4c --only-checks',
      '  stella runbook run scanner-oom --param job=1f2e3d4c --approve sha256:… --step raise --step again',
      '',
      ...RUN_EXIT_CODES,
    ].join('\n'),
  },
})
