import { buildCommand } from '@stricli/core'
import { EXIT_CODES, LAB_FLAGS, LAB_PARAMETER } from '../parameters.ts'

export const solveCommand = buildCommand({
  loader: async () => (await import('../solve.ts')).solveOne,
  parameters: {
    positional: LAB_PARAMETER,
    flags: {
      apply: {
        kind: 'boolean',
        brief: 'Carry it out',
        optional: true,
        withNegated: false,
      },
      ...LAB_FLAGS,
    },
  },
  docs: {
    brief: 'The solution of a lab; --apply carries it out',
    fullDescription: [
      'Shows the solution with the names of this very lab. With --apply its commands are carried out, and its answers given.',
      '',
      'Examples:',
      '  stella lab solve container-oom-kill',
      '  stella lab solve container-oom-kill --apply',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})
