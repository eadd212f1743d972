import { buildCommand } from '@stricli/core'
import { COMMON_FLAGS } from '../../../common-flags.ts'
import { parseRate, parseSize, SIZE_FORMS } from '../../../size.ts'
import { parsePercent } from './percent.ts'

export const leakCommand = buildCommand({
  loader: async () => (await import('./run.ts')).leak,
  parameters: {
    flags: {
      limit: {
        kind: 'parsed',
        parse: parseSize,
        brief: `The memory limit: ${SIZE_FORMS}`,
        placeholder: 'SIZE',
      },
      rate: {
        kind: 'parsed',
        parse: parseRate,
        brief: 'How fast memory grows: 10Mi/h, 4Ki/s, 1Gi/d',
        placeholder: 'RATE',
      },
      start: {
        kind: 'parsed',
        parse: parseSize,
        brief: 'What is in use now (default: 0)',
        placeholder: 'SIZE',
        optional: true,
      },
      to: {
        kind: 'parsed',
        parse: parsePercent,
        brief: 'Also when this many percent of the limit are reached: 80,95',
        placeholder: 'PERCENT',
        variadic: ',',
        optional: true,
      },
      ...COMMON_FLAGS,
    },
  },
  docs: {
    brief: 'How long until a leak reaches its limit',
    fullDescription: [
      'Says when memory that grows at a steady rate reaches a limit, and shares of it before.',
      '',
      'Examples:',
      '  stella simulate leak --limit 512Mi --rate 10Mi/h',
      '  stella simulate leak --limit 2Gi --start 700Mi --rate 1Mi/m --to 80,95 --json',
      '',
      'Exit code: 0 answered, also where the answer is "never", 2 wrong call, 70 a fault of stella.',
    ].join('\n'),
  },
})
