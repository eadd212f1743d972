/** `kubectl stella`: the same commands, with the words that people of kubectl use. */
import type { Application } from '@stricli/core'
import { hostReader } from '../../sources/reader.ts'
import { commandTree } from '../commands/completion/command-tree.ts'
import { complaint, exitCodeOf } from '../complaints.ts'
import type { CliContext, CliIo } from '../context.ts'
import { candidates } from './complete.ts'
import { kubectlWords } from './flags.ts'
import type { KubectlWords } from './flags.ts'
import { pluginHelp } from './help.ts'
import { toStella } from './to-stella.ts'

/** Runs a command line of stella, in this process. */
type RunStella = (args: readonly string[], io: CliIo) => Promise<number>

type Root = Application<CliContext>['root']

/** `kubectl stella …`: resolves to its exit code. */
export async function runPlugin(
  args: readonly string[],
  { io, root, run }: { io: CliIo; root: Root; run: RunStella },
): Promise<number> {
  try {
    const said = kubectlWords(args)
    const env = { ...io.env, ...said.variables }
    const [first] = said.words
    if (first === undefined || first === 'help' || first === '-h' || first === '--help') {
      io.out(pluginHelp(commandTree(root)))
      return 0
    }
    const words = await toStella(said, commandTree(root), async () => namespaceOf(env))
    return await run(words, { ...io, env })
  } catch (error) {
    io.err(`${complaint(error, io.env['STELLA_DEBUG'] === '1')}\n`)
    return exitCodeOf(error)
  }
}

async function namespaceOf(env: CliIo['env']): Promise<string> {
  const { clusterAccess } = await import('../../sources/kubernetes/access.ts')
  return (await clusterAccess(hostReader({ env }))).namespace
}

/** What kubectl asks its plugins for completion, as cobra answers it. */
export async function completePlugin(
  args: readonly string[],
  { io, root }: { io: CliIo; root: Root },
): Promise<number> {
  const said = wordsSoFar(args.slice(0, -1))
  const env = { ...io.env, ...said.variables }
  const found = await candidates(args.at(-1) ?? '', {
    said,
    tree: commandTree(root),
    reader: hostReader({ env }),
  })
  io.out(`${[...found.lines, `:${found.directive}`].join('\n')}\n`)
  return 0
}

/** An option that waits for its value at the cursor is no mistake yet. */
function wordsSoFar(args: readonly string[]): KubectlWords {
  try {
    return kubectlWords(args)
  } catch {
    return kubectlWords(args.slice(0, -1))
  }
}
