import { buildCommand } from '@stricli/core'
import { asItIs } from '../../../as-it-is.ts'
import { COMMON_FLAGS } from '../../../common-flags.ts'
import { DATA_FLAG, RUN_PARAMETER } from '../parameters.ts'

export const reportCommand = buildCommand({
  loader: async () => (await import('../report.ts')).reportRun,
  parameters: {
    positional: RUN_PARAMETER,
    flags: {
      format: {
        kind: 'enum',
        values: ['markdown', 'html', 'json'],
        brief: 'Form of the report (default: markdown)',
        optional: true,
      },
      output: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'Write it into this file',
        placeholder: 'FILE',
        optional: true,
      },
      ...DATA_FLAG,
      ...COMMON_FLAGS,
    },
    aliases: { o: 'output' },
  },
  docs: {
    brief: 'What was done in a run, when, by whom, and what came of it',
    fullDescription: [
      'Tells a run from its journal: times, outputs, approvals, the verdict. Its pages hold nothing active.',
      '',
      'Examples:',
      '  stella runbook report run-20261122-101500-1f2e',
      '  stella runbook report run-20261122-101500-1f2e --format html -o run.html',
      '',
      'Exit code: 0 well, 1 the journal was changed after it was written, 2 wrong call, 3 there is no such run, 70 a fault of stella.',
    ].join('\n'),
  },
})
