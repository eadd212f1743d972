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
      ...COMMON_FLAGS,
    },
  },
  docs: {
    brief: 'Go through a runbook',
    fullDescription: [
      'Shows the plan of a runbook with its parameters filled in: every command, which of them change something, and what',
      'takes a change back. The hash is that of this very plan.',
      '',
      'Examples:',
      '  stella runbook run scanner-oom --dry-run',
      '  stella runbook run scanner-oom --param image=registry:debian:12 --dry-run --json | jq ".plan[] | select(.changes)"',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})

export const runbookRoutes = buildRouteMap({
  routes: { list: listCommand, show: showCommand, lint: lintCommand, run: runCommand },
  docs: {
    brief: 'Runbooks: documents that read well, and can be run',
    fullDescription: [
      'A runbook is a Markdown document whose commands stella knows by what they do.',
      '',
      'Examples:',
      '  stella runbook list',
      '  stella runbook run scanner-oom --dry-run',
    ].join('\n'),
  },
})
