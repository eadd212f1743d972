import { generateHelpTextForAllCommands } from '@stricli/core'
import { buildStella } from '../../src/cli/app.ts'

/** The help of every command, as a page of the reference. */
export function cliReference(): string {
  const chapters = generateHelpTextForAllCommands(buildStella({})).map(
    ([route, help]) => `## ${route}\n\n\`\`\`text\n${help.trimEnd()}\n\`\`\``,
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
