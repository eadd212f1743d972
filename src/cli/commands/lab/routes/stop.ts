import { buildCommand } from '@stricli/core'
import { EXIT_CODES, LAB_FLAGS, LAB_PARAMETER } from '../parameters.ts'

export const stopCommand = buildCommand({
  loader: async () => (await import('../stop.ts')).stopOne,
  parameters: { positional: LAB_PARAMETER, flags: LAB_FLAGS },
  docs: {
    brief: 'Ends a lab, and removes everything that it made',
    fullDescription: [
      'Removes its containers, groups, processes, image and files, also after a crash: they are found by their name.',
      'What you have done with it is kept.',
      '',
      'Examples:',
      '  stella lab stop container-oom-kill',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})
