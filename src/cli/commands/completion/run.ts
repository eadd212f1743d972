import type { CommonFlags } from '../../common-flags.ts'
import type { CliContext } from '../../context.ts'
import { bashScript } from './bash.ts'
import { commandTree } from './command-tree.ts'
import { fishScript } from './fish.ts'
import { zshScript } from './zsh.ts'

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const

/** `stella completion …`: the script is made from the routes, so that it cannot fall behind them. */
export function completionFor(shell: keyof typeof SCRIPTS) {
  return function printScript(this: CliContext, flags: CommonFlags): void {
    const script = SCRIPTS[shell](commandTree(this.root))
    const document = {
      /** What `stella completion SHELL --json` prints. */
      schema: 'stella.completion/1',
      shell,
      script,
    }
    this.io.out(flags.json ? `${JSON.stringify(document, null, 2)}\n` : script)
  }
}
