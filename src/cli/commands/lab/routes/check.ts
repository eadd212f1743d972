import { buildCommand } from '@stricli/core'
import { CHECK_FLAGS } from '../check-flags.ts'
import { LAB_FLAGS, LAB_PARAMETER } from '../parameters.ts'

export const checkCommand = buildCommand({
  loader: async () => (await import('../check.ts')).checkOne,
  parameters: { positional: LAB_PARAMETER, flags: { ...CHECK_FLAGS, ...LAB_FLAGS } },
  docs: {
    brief: 'Whether a lab is solved: each check, what is, and what should be',
    fullDescription: [
      'Looks at what is really there, and watches for as long as the lab asks for: what dies a second after the check is not solved.',
      'Answers are kept, so that each has to be given once. A shorter --for judges the same, and does not count as solved.',
      '',
      'Examples:',
      '  stella lab check container-oom-kill',
      '  stella lab check not-an-oom --answer who=engine-kill',
      '  stella lab check container-oom-kill --for 1s --json',
      '',
      'Exit code: 0 everything holds, 1 something does not, 2 wrong call, 3 there is no such lab, or it is not open, 70 a fault of stella.',
    ].join('\n'),
  },
})
