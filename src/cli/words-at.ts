import type { Application } from '@stricli/core'
import { commandTree } from './commands/completion/command-tree.ts'
import type { CliContext } from './context.ts'
import { readWords } from './commands/completion/read-words.ts'

/** What could have been written where a command line went wrong. */
export interface KnownWords {
  /** Names of commands, with their other names. */
  commands(): readonly string[]
  /** Long names of options, without dashes. */
  options(): readonly string[]
}

/** The words that are known behind the commands of a line; they are looked up when somebody asks. */
export function wordsAt(
  root: Application<CliContext>['root'],
  args: readonly string[],
): KnownWords {
  const node = () => readWords(args, commandTree(root)).node
  return {
    commands: () => node().children.map(({ name }) => name),
    options: () => node().options.map(({ name }) => name),
  }
}
