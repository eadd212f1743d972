/** Writes docs/reference/cli.md from the commands themselves: `node scripts/docs.ts`. */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { cliReference } from './lib/cli-reference.ts'

writeFileSync(
  fileURLToPath(new URL('../docs/reference/cli.md', import.meta.url)),
  await cliReference(),
)
