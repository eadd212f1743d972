import { buildCommand } from '@stricli/core'
import { asItIs } from '../../as-it-is.ts'
import { dataFlag } from '../../data-flag.ts'
import { COMMON_FLAGS } from '../../common-flags.ts'
import { parseDuration } from '../../duration.ts'
import { parseTarget, TARGET_FORMS } from '../../target.ts'
import { parseInterval } from '../top/interval.ts'

export const recordCommand = buildCommand({
  loader: async () => (await import('./run.ts')).record,
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [
        { parse: parseTarget, brief: TARGET_FORMS, placeholder: 'TARGET', optional: true },
      ],
    },
    flags: {
      every: {
        kind: 'parsed',
        parse: parseInterval,
        brief: 'Time between two samples: 1s up to 1h',
        placeholder: 'DUR',
        default: '1s',
      },
      for: {
        kind: 'parsed',
        parse: parseDuration,
        brief: 'End after this time (default: until it is interrupted)',
        placeholder: 'DUR',
        optional: true,
      },
      data: dataFlag('Folder to keep recordings in'),
      list: {
        kind: 'boolean',
        brief: 'Tell what is recorded, and record nothing',
        optional: true,
        withNegated: false,
      },
      export: {
        kind: 'parsed',
        parse: asItIs,
        brief:
          'Write what is recorded of TARGET to FILE as CSV, and record nothing; - is standard output',
        placeholder: 'FILE',
        optional: true,
      },
      ...COMMON_FLAGS,
    },
  },
  docs: {
    brief: 'Record the memory of a container, a group or a process over time',
    fullDescription: [
      'Writes down the memory of TARGET, of its processes and of what happens to it, through restarts,',
      'until it is interrupted. Close samples are kept for an hour, coarser ones for up to 90 days.',
      "'stella size' reads the recording.",
      '',
      'Examples:',
      '  stella record docker:web',
      '  stella record docker:web --every 10s --for 7d',
      '  stella record --list',
      '  stella record docker:web --export web.csv',
      '',
      'Exit code: 0 done, also when interrupted, 2 wrong call, 3 target or folder out of reach,',
      '70 a fault of stella.',
    ].join('\n'),
  },
})
