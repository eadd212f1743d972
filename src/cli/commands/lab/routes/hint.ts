import { buildCommand } from '@stricli/core'
import { EXIT_CODES, LAB_FLAGS, LAB_PARAMETER } from '../parameters.ts'

export const hintCommand = buildCommand({
  loader: async () => (await import('../hint.ts')).giveHint,
  parameters: { positional: LAB_PARAMETER, flags: LAB_FLAGS },
  docs: {
    brief: 'The next hint, for what does not hold yet',
    fullDescription: [
      'Looks at how the lab stands, and gives the next hint for the first check that does not hold. Hints are counted.',
      '',
      'Examples:',
      '  stella lab hint container-oom-kill',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})
