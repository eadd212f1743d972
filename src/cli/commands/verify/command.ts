import { buildCommand } from '@stricli/core'
import { asItIs } from '../../as-it-is.ts'
import { dataFlag } from '../../data-flag.ts'
import { CLUSTER_FLAGS } from '../../cluster-flags.ts'
import { COMMON_FLAGS } from '../../common-flags.ts'
import { parseDuration } from '../../duration.ts'
import { PROBE_FLAGS } from '../../probe-flags.ts'
import { TARGET_FORMS } from '../../target.ts'

export const verifyCommand = buildCommand({
  loader: async () => (await import('./run.ts')).verify,
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [
        {
          parse: asItIs,
          brief: `The id of a fix or of a recorded case, a case.json, or ${TARGET_FORMS}`,
          placeholder: 'CASE|TARGET|FIX-ID',
        },
      ],
    },
    flags: {
      for: {
        kind: 'parsed',
        parse: parseDuration,
        brief: 'How long it has to hold, counted from the change (default: 60s)',
        placeholder: 'DUR',
        optional: true,
      },
      now: {
        kind: 'boolean',
        brief: 'Answer at once with what is known',
        optional: true,
        withNegated: false,
      },
      ...PROBE_FLAGS,
      data: dataFlag('Folder with the records'),
      ...CLUSTER_FLAGS,
      ...COMMON_FLAGS,
    },
  },
  docs: {
    brief: 'Does the fix hold',
    fullDescription: [
      'Checks that the same workload runs, under the limit that was planned, without a kill or a',
      'restart since the change, and below its warning line, for as long as --for says.',
      'It ends early where a check fails. Without a fix the time begins now.',
      '',
      'Examples:',
      '  stella verify docker:web',
      '  stella verify docker:web --for 10m',
      '  stella verify docker:web --now --json',
      '  stella verify docker:web --probe-http http://localhost:8080/health',
      '',
      'Exit code: 0 it holds, 1 it fails, 2 wrong call, 3 target out of reach,',
      '4 not yet: what was seen does not decide, 70 a fault of stella.',
    ].join('\n'),
  },
})
