import { buildCommand } from '@stricli/core'
import { LAB_FLAGS, LAB_PARAMETER } from '../parameters.ts'

export const watchCommand = buildCommand({
  loader: async () => (await import('../watch.ts')).watchOne,
  parameters: { positional: LAB_PARAMETER, flags: LAB_FLAGS },
  docs: {
    brief: 'Looks on until a lab is solved',
    fullDescription: [
      'Shows each check as it begins to hold, and leaves when all do. Ctrl-C leaves before.',
      '',
      'Examples:',
      '  stella lab watch container-oom-kill',
      '',
      'Exit code: 0 solved, 1 left before, 2 wrong call, 3 there is no such lab, or it is not open, 70 a fault of stella.',
    ].join('\n'),
  },
})
