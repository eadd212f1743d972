import { buildCommand, buildRouteMap } from '@stricli/core'
import { COMMON_FLAGS } from '../../common-flags.ts'
import { asItIs } from '../scanner/flags.ts'

const RUNBOOK_PARAMETER = {
  kind: 'tuple',
  parameters: [
    {
      parse: asItIs,
      brief: 'A Markdown file, or the id of one that comes along',
      placeholder: 'ID|FILE',
    },
  ],
} as const

const EXIT_CODES =
  'Exit code: 0 well, 1 it has errors, 2 wrong call, 3 there is no such runbook, 70 a fault of stella.'

const listCommand = buildCommand({
  loader: async () => (await import('./list.ts')).listRunbooks,
  parameters: { flags: COMMON_FLAGS },
  docs: {
    brief: 'The runbooks that come along',
    fullDescription: [
      'Lists the runbooks that come with stella, with what each is for.',
      '',
      'Examples:',
      '  stella runbook list',
      '  stella runbook list --json | jq -r ".runbooks[].id"',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})

const showCommand = buildCommand({
  loader: async () => (await import('./show.ts')).showRunbook,
  parameters: { positional: RUNBOOK_PARAMETER, flags: COMMON_FLAGS },
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

const lintCommand = buildCommand({
  loader: async () => (await import('./lint.ts')).lintRunbooks,
  parameters: {
    positional: {
      kind: 'array',
      parameter: {
        parse: asItIs,
        brief: 'Markdown files, or ids; all that come along where there is none',
        placeholder: 'ID|FILE',
      },
    },
    flags: COMMON_FLAGS,
  },
  docs: {
    brief: 'What is wrong with a runbook before somebody needs it',
    fullDescription: [
      'Finds changes that nothing verifies or takes back, checks that would change something, conditions that ask for what',
      'nobody gives, windows that begin before the change, links that lead nowhere, and runbooks nobody looked at for half a year.',
      '',
      'Examples:',
      '  stella runbook lint runbooks/*.md',
      '  stella runbook lint docs/oom.md --json | jq -r ".findings[].message"',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})

const DATA_FLAG = {
  data: {
    kind: 'parsed',
    parse: asItIs,
    brief: 'Folder with the journals of runs (default: STELLA_DATA, or the usual place)',
    placeholder: 'DIR',
    optional: true,
  },
} as const

const APPROVAL_FLAGS = {
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
} as const

const RUN_PARAMETER = {
  kind: 'tuple',
  parameters: [{ parse: asItIs, brief: 'The id of a run', placeholder: 'RUN' }],
} as const

const RUN_EXIT_CODES = [
  'Exit code: 0 resolved, or all is well, 1 a problem, a step that failed, or changes that were taken back, 2 wrong call or',
  'another plan, 3 out of reach, or another one works on it, 4 it waits for somebody, or nothing shows whether it helped,',
  '70 a fault of stella.',
]

const runCommand = buildCommand({
  loader: async () => (await import('./run.ts')).runRunbook,
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

const resumeCommand = buildCommand({
  loader: async () => (await import('./resume.ts')).resumeRunbook,
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
      ...DATA_FLAG,
      ...COMMON_FLAGS,
    },
  },
  docs: {
    brief: 'Go on with a run where it stopped',
    fullDescription: [
      'Steps that have ended are not run again. A change that had begun when stella ended is never run again without somebody',
      'who says so.',
      '',
      'Examples:',
      '  stella runbook resume run-20261122-101500-1f2e --approve sha256:…',
      '  stella runbook resume run-20261122-101500-1f2e --undo',
      '',
      ...RUN_EXIT_CODES,
    ].join('\n'),
  },
})

const reportCommand = buildCommand({
  loader: async () => (await import('./report.ts')).reportRun,
  parameters: {
    positional: RUN_PARAMETER,
    flags: {
      format: {
        kind: 'enum',
        values: ['markdown', 'html', 'json'],
        brief: 'Of the report; Markdown without it',
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

const runsCommand = buildCommand({
  loader: async () => (await import('./runs.ts')).listRuns,
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

export const runbookRoutes = buildRouteMap({
  routes: {
    list: listCommand,
    show: showCommand,
    lint: lintCommand,
    run: runCommand,
    resume: resumeCommand,
    report: reportCommand,
    runs: runsCommand,
  },
  docs: {
    brief: 'Runbooks: documents that read well, and can be run',
    fullDescription: [
      'A runbook is a Markdown document whose commands stella knows by what they do.',
      '',
      'Examples:',
      '  stella runbook list',
      '  stella runbook run scanner-oom --dry-run',
      '  stella runbook runs',
    ].join('\n'),
  },
})
