import { buildCommand } from '@stricli/core'
import { EXIT_CODES, LAB_FLAGS } from '../parameters.ts'

export const listCommand = buildCommand({
  loader: async () => (await import('../list.ts')).listLabs,
  parameters: { flags: LAB_FLAGS },
  docs: {
    brief: 'The labs that come along, and what you have done with them',
    fullDescription: [
      'Lists the labs: which are open, and which you have solved, in what time and with how many hints.',
      '',
      'Examples:',
      '  stella lab list',
      '  stella lab list --json | jq -r ".labs[].id"',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})
