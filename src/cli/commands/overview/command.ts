import { buildCommand } from '@stricli/core'
import { COMMON_FLAGS } from '../../common-flags.ts'

/** What `stella` alone does. */
export const overviewCommand = buildCommand({
  loader: async () => (await import('./run.ts')).overview,
  parameters: { flags: COMMON_FLAGS },
  docs: { brief: 'What to do next, by what this machine shows' },
})
