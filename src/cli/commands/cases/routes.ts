import { buildCommand, buildRouteMap } from '@stricli/core'
import { COMMON_FLAGS } from '../../common-flags.ts'
import { EVIDENCE_FLAGS, TARGET_PARAMETER } from '../../evidence-flags.ts'

const exportCommand = buildCommand({
  loader: async () => (await import('./export.ts')).exportCase,
  parameters: {
    positional: { kind: 'tuple', parameters: [TARGET_PARAMETER] },
    flags: {
      ...EVIDENCE_FLAGS,
      output: {
        kind: 'parsed',
        parse: (text: string) => text,
        brief: 'Folder to write; must not exist, or be empty',
        placeholder: 'DIR',
      },
      ...COMMON_FLAGS,
    },
    aliases: { o: 'output' },
  },
  docs: {
    brief: 'Write a case and its redacted evidence into a folder',
    fullDescription: [
      'Writes cases, a report and the evidence, without secrets, into a folder that can be sent to',
      'somebody else: --from reads it back, and comes to the same verdict.',
      '',
      'Examples:',
      '  stella cases export docker:web -o ./web-oom',
      '  stella cases export --from kernel.log --from inspect.json -o ./web-oom',
    ].join('\n'),
  },
})

const showCommand = buildCommand({
  loader: async () => (await import('./show.ts')).showCase,
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [
        {
          parse: (text: string) => text,
          brief: 'A case.json, or a folder with one; - is standard input',
          placeholder: 'PATH',
        },
      ],
    },
    flags: {
      markdown: {
        kind: 'boolean',
        brief: 'A report in Markdown, for a ticket',
        optional: true,
        withNegated: false,
      },
      ...COMMON_FLAGS,
    },
  },
  docs: {
    brief: 'Show a case that was written before',
    fullDescription: [
      'Shows what a stored case says, without judging its evidence again.',
      '',
      'Examples:',
      '  stella cases show ./web-oom',
      '  stella cases show case.json --markdown',
    ].join('\n'),
  },
})

export const casesRoutes = buildRouteMap({
  routes: { export: exportCommand, show: showCommand },
  docs: {
    brief: 'Cases that have been written down',
    fullDescription: [
      'Writes cases into folders, and shows them again.',
      '',
      'Example:',
      '  stella cases export docker:web -o ./web-oom',
    ].join('\n'),
  },
})
