import { buildCommand } from '@stricli/core'
import { asItIs } from '../../../as-it-is.ts'
import { COMMON_FLAGS } from '../../../common-flags.ts'
import { APPROVAL_FLAGS, DATA_FLAG, RUN_EXIT_CODES, RUN_PARAMETER } from '../parameters.ts'

export const resumeCommand = buildCommand({
  loader: async () => (await import('../resume.ts')).resumeRunbook,
  parameters: {
    positional: RUN_PARAMETER,
    flags: {
      ...APPROVAL_FLAGS,
      param: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'The value of a parameter that is not in the journal, for it looks like a secret',
        placeholder: 'NAME=VALUE',
        variadic: true,
        optional: true,
      },
      rebase: {
        kind: 'boolean',
        brief:
          'Go on with the runbook as it is now, though it is another one than when the run began',
        optional: true,
        withNegated: false,
      },
      undo: {
        kind: 'boolean',
        brief: 'Take the changes of the run back, the last one first',
        optional: true,
        withNegated: false,
      },
      wait: {
        kind: 'boolean',
        brief: 'Wait until a change that has outlived stella is over',
        optional: true,
        withNegated: false,
      },
      kill: {
        kind: 'boolean',
        brief: 'Kill a change that has outlived stella, with all that it has started',
        optional: true,
        withNegated: false,
      },
      ...DATA_FLAG,
      ...COMMON_FLAGS,
    },
  },
  docs: {
    brief: 'Go on with a run where it stopped',
    fullDescription: [
      'Steps that have ended are not run again. A change that had begun when stella ended is never run again without somebody',
      'who says so. Where it still runs, the run waits, and says which process it is: --wait or --kill.',
      '',
      'Examples:',
      '  stella runbook resume run-20261122-101500-1f2e --approve sha256:…',
      '  stella runbook resume run-20261122-101500-1f2e --undo',
      '  stella runbook resume run-20261122-101500-1f2e --wait',
      '',
      ...RUN_EXIT_CODES,
    ].join('\n'),
  },
})
