import { buildCommand } from '@stricli/core'
import { asItIs } from '../../../as-it-is.ts'
import { COMMON_FLAGS } from '../../../common-flags.ts'
import { DATA_FLAG, EXIT_CODES, RUNBOOK_PARAMETER } from '../parameters.ts'

export const preventionCommand = buildCommand({
  loader: async () => (await import('../prevention.ts')).showPrevention,
  parameters: {
    positional: RUNBOOK_PARAMETER,
    flags: {
      done: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'Say of the point with this number that it was done',
        placeholder: 'N',
        optional: true,
      },
      open: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'Say of it that it is open again',
        placeholder: 'N',
        optional: true,
      },
      evidence: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'What shows it: a link, the number of a change, a sentence',
        placeholder: 'TEXT',
        optional: true,
      },
      ...DATA_FLAG,
      ...COMMON_FLAGS,
    },
  },
  docs: {
    brief: 'What keeps it from happening again, and what of it was done',
    fullDescription: [
      'Lists the points of the prevention of a runbook: which were done, by whom, when, and what shows it. What was done more than',
      'half a year ago is to be looked at again. A point is known by its words: it keeps its mark while others are edited.',
      '',
      'Examples:',
      '  stella runbook prevention scanner-oom',
      '  stella runbook prevention scanner-oom --done 2 --evidence "large-images, 2 workers with 16Gi"',
      '  stella runbook prevention scanner-oom --json | jq -r \'.items[] | select(.state != "done") | .text\'',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})
