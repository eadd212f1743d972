/** Writes the manifest of a release for Krew: `node scripts/krew.ts ARCHIVE URI`, with what 'npm pack' made, and where it will lie. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { VERSION } from '../src/app/version.ts'

const [archive, uri] = process.argv.slice(2)
if (archive === undefined || uri === undefined || !URL.canParse(uri)) {
  console.error('usage: node scripts/krew.ts ARCHIVE URI')
  process.exit(2)
}
const template = fileURLToPath(new URL('../deploy/krew/stella.yaml', import.meta.url))
const sum = createHash('sha256').update(readFileSync(archive)).digest('hex')
const comment = /^#.*\n/gm
process.stdout.write(
  readFileSync(template, 'utf8')
    .replace(comment, '')
    .replace(/^( +version:) .*$/m, `$1 v${VERSION}`)
    .replace(/^( +uri:) .*$/gm, (_, key: string) => `${key} ${uri}`)
    .replace(/^( +sha256:) .*$/gm, `$1 ${sum}`),
)
