import { buildStella } from '../../src/cli/app.ts'
import { runCommandLine } from '../../src/cli/main.ts'

/** The help of every command, as a page of the reference. */
export async function cliReference(): Promise<string> {
  const chapters = await Promise.all(
    commandsBelow(buildStella({}).root).map(async (words) => {
      const name = ['stella', ...words].join(' ')
      return `## ${name}\n\n\`\`\`text\n${(await helpOf(words)).trimEnd()}\n\`\`\``
    }),
  )
  return [
    '# Commands',
    '',
    'This page is made from the program: `node scripts/docs.ts` writes it, and a test fails when it has fallen behind.',
    'What the exit codes mean stands in [exit codes](exit-codes.md).',
    '',
    chapters.join('\n\n'),
    '',
  ].join('\n')
}

type Routing = ReturnType<typeof buildStella>['root']

/** The words of each command, without aliases. */
function commandsBelow(root: Routing, words: readonly string[] = []): (readonly string[])[] {
  if (!('getAllEntries' in root)) return [words]
  return root
    .getAllEntries()
    .filter((entry) => !entry.hidden)
    .flatMap((entry) => commandsBelow(entry.target, [...words, entry.name.original]))
}

async function helpOf(words: readonly string[]): Promise<string> {
  let help = ''
  const io = {
    out: (text: string) => void (help += text),
    err: (text: string) => void (help += text),
    stdin: async function* () {},
    env: {},
    drained: async () => {},
    becomeLean: () => {},
    mayGoUnread: () => {},
    terminal: null,
    now: () => 0,
  }
  await runCommandLine([...words, '--help'], io, () => Promise.reject(new Error('help needs none')))
  return help
}
