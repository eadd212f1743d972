import { buildCommand } from '@stricli/core'
import { EXIT_CODES, LAB_FLAGS, OPTIONAL_LAB } from '../parameters.ts'

export const statusCommand = buildCommand({
  loader: async () => (await import('../status.ts')).statusOf,
  parameters: { positional: OPTIONAL_LAB, flags: LAB_FLAGS },
  docs: {
    brief: 'What was told when a lab was opened, and how it stands',
    fullDescription: [
      'Says it again, with the time that is left and what was tried so far. Without a lab, those that are open.',
      '',
      'Examples:',
      '  stella lab status',
      '  stella lab status container-oom-kill',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})
