/** What several commands of `stella runbook` take. Help loads this: it imports no source. */
import { asItIs } from '../../as-it-is.ts'
import { dataFlag } from '../../data-flag.ts'

export const RUNBOOK_PARAMETER = {
  kind: 'tuple',
  parameters: [
    {
      parse: asItIs,
      brief: 'A Markdown file, or the id of one that comes along',
      placeholder: 'ID|FILE',
    },
  ],
} as const

/** Of commands that only read documents. */
export const EXIT_CODES =
  'Exit code: 0 well, 1 it has errors, 2 wrong call, 3 there is no such runbook, 70 a fault of stella.'

export const DATA_FLAG = {
  data: dataFlag('Folder with what was done'),
} as const

export const APPROVAL_FLAGS = {
  approve: {
    kind: 'parsed',
    parse: asItIs,
    brief: 'Make the changes of the plan with this hash, as --dry-run shows it, and of no other',
    placeholder: 'HASH',
    optional: true,
  },
  step: {
    kind: 'parsed',
    parse: asItIs,
    brief: 'With --approve: of the changes, make only this one; may be repeated',
    placeholder: 'ID',
    variadic: true,
    optional: true,
  },
  yes: {
    kind: 'boolean',
    brief: 'Make changes of low risk that ask for no approval of their own',
    optional: true,
    withNegated: false,
  },
  reason: {
    kind: 'parsed',
    parse: asItIs,
    brief: 'Why it is done; the report says it with each change',
    placeholder: 'TEXT',
    optional: true,
  },
} as const

export const RUN_PARAMETER = {
  kind: 'tuple',
  parameters: [{ parse: asItIs, brief: 'The id of a run', placeholder: 'RUN' }],
} as const

/** Of commands that run steps. */
export const RUN_EXIT_CODES = [
  'Exit code: 0 resolved, or all is well, 1 a problem, a step that failed, or changes that were taken back, 2 wrong call or',
  'another plan, 3 out of reach, or another one works on it, 4 it waits for somebody, or nothing shows whether it helped,',
  '70 a fault of stella.',
]
