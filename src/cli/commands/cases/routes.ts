import { buildCommand, buildRouteMap } from '@stricli/core'
import { asItIs } from '../../as-it-is.ts'
import { dataFlag } from '../../data-flag.ts'
import { COMMON_FLAGS } from '../../common-flags.ts'
import { parseCount } from '../../count.ts'
import { parseDuration } from '../../duration.ts'
import { EVIDENCE_FLAGS, TARGET_PARAMETER } from '../../evidence-flags.ts'
import { parseVerdict } from './parse-verdict.ts'

const DATA_FLAG = {
  data: dataFlag('Folder with the journal'),
} as const

const listCommand = buildCommand({
  loader: async () => (await import('./list.ts')).listCases,
  parameters: {
    flags: {
      since: {
        kind: 'parsed',
        parse: parseDuration,
        brief: 'Leave out what is older: 90s, 30m, 1h, 7d',
        placeholder: 'DUR',
        optional: true,
      },
      verdict: {
        kind: 'parsed',
        parse: parseVerdict,
        brief: 'Only cases that were judged so, as oom-own-limit; may be repeated',
        placeholder: 'CODE',
        variadic: true,
        optional: true,
      },
      subject: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'Only subjects with this in their name, or whose id begins so',
        placeholder: 'TEXT',
        optional: true,
      },
      limit: {
        kind: 'parsed',
        parse: parseCount,
        brief: 'Only the newest N; without it 50 are shown, and --json has all',
        placeholder: 'N',
        optional: true,
      },
      ...DATA_FLAG,
      ...COMMON_FLAGS,
    },
  },
  docs: {
    brief: 'List what has been recorded, newest first',
    fullDescription: [
      "Lists the cases that 'stella watch' found and that were imported, and says when nobody watched.",
      '',
      'Examples:',
      '  stella cases list',
      '  stella cases list --since 7d --verdict oom-host --verdict oom-own-limit',
      '  stella cases list --json | jq -r ".cases[].verdict.summary"',
      '',
      'With --json the cases stand oldest first. Exit code: 0 also where nothing is recorded, 2 wrong',
      'call, 3 the journal is out of reach, 70 a fault of stella.',
    ].join('\n'),
  },
})

const importCommand = buildCommand({
  loader: async () => (await import('./import.ts')).importCases,
  parameters: {
    positional: {
      kind: 'array',
      parameter: {
        parse: asItIs,
        brief: 'Cases, exported folders, or evidence such as a kernel log; - is standard input',
        placeholder: 'FILE|DIR',
      },
    },
    flags: { ...DATA_FLAG, ...COMMON_FLAGS },
  },
  docs: {
    brief: 'Record cases from elsewhere',
    fullDescription: [
      'Takes in what stella wrote on another machine, and evidence, which is judged first. Each case is',
      'recorded once, however often it is imported; a stella watch that runs is not disturbed.',
      '',
      'Examples:',
      '  stella cases import ./web-oom case.json',
      '  stella cases import /mnt/other/var/log/kern.log',
      '  ssh other stella cases list --json | stella cases import -',
      '',
      'Exit code: 0 done, also where all of it was recorded before, 2 wrong call or broken file, 3 file or',
      'journal out of reach, 4 there is no case in it, 70 a fault of stella.',
    ].join('\n'),
  },
})

const exportCommand = buildCommand({
  loader: async () => (await import('./export.ts')).exportCase,
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [
        { ...TARGET_PARAMETER, brief: `The id of a recorded case, or ${TARGET_PARAMETER.brief}` },
      ],
    },
    flags: {
      ...EVIDENCE_FLAGS,
      output: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'Folder to write; must not exist, or be empty',
        placeholder: 'DIR',
      },
      ...DATA_FLAG,
      ...COMMON_FLAGS,
    },
    aliases: { o: 'output' },
  },
  docs: {
    brief: 'Write a case and its redacted evidence into a folder',
    fullDescription: [
      'Writes cases, a report and the evidence, without secrets, into a folder that can be sent to',
      'somebody else: --from reads it back, and comes to the same verdict. Of a recorded case there is',
      "what it says, and no more to judge: 'stella cases show' reads that folder.",
      '',
      'Examples:',
      '  stella cases export docker:web -o ./web-oom',
      '  stella cases export --from kernel.log --from inspect.json -o ./web-oom',
      '  stella cases export c_5f3a -o ./web-oom',
      '',
      'Exit code: 0 written, 2 wrong call, or the folder is not empty, 3 target, source or journal out of',
      'reach, 4 the evidence does not decide, 70 a fault of stella.',
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
          parse: asItIs,
          brief:
            'The id of a recorded case or its beginning, a case.json, or a folder with one; - is standard input',
          placeholder: 'ID|PATH',
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
      ...DATA_FLAG,
      ...COMMON_FLAGS,
    },
  },
  docs: {
    brief: 'Show a case that was written before',
    fullDescription: [
      'Shows what a recorded or exported case says, without judging its evidence again.',
      '',
      'Examples:',
      '  stella cases show c_5f3a',
      '  stella cases show ./web-oom',
      '  stella cases show case.json --markdown',
      '',
      'Exit code: 0 shown, 2 wrong call, or it is no case, 3 there is no such case, or it cannot be read,',
      '70 a fault of stella.',
    ].join('\n'),
  },
})

export const casesRoutes = buildRouteMap({
  routes: { list: listCommand, show: showCommand, export: exportCommand, import: importCommand },
  docs: {
    brief: 'Cases that have been written down',
    fullDescription: [
      'Lists what has been recorded, shows it, and moves it to and from other machines.',
      '',
      'Examples:',
      '  stella cases list --since 1d',
      '  stella cases show c_5f3a',
      '  stella cases export docker:web -o ./web-oom',
    ].join('\n'),
  },
})
