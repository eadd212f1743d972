import { buildCommand } from '@stricli/core'
import type { CliContext } from '../../context.ts'

/** For the completion of shells: the containers of this machine as targets, a line each. */
export const targetsCommand = buildCommand({
  loader: async () => printTargets,
  parameters: {},
  docs: { brief: 'The containers of this machine, for the completion of shells' },
})

async function printTargets(this: CliContext): Promise<void> {
  const engine = await this.engine()
  const targets = await engine.targets()
  // What could be more than a word to a shell is not offered.
  for (const target of targets) if (/^[\w.:/-]+$/.test(target)) this.io.out(`${target}\n`)
}
