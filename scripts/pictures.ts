/**
 * `npm run pictures`: makes the pictures of the README anew, from real runs. The terminal shows recorded evidence of a real
 * kill; the page shows a kill that happens now, in a memory cgroup that is thrown away afterwards (root, Debian's Chromium).
 * `npm run pictures -- terminal` makes the first alone.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { REPO } from './lib/repo.ts'
import { pageOfAKill } from './pictures/page.ts'
import { terminalOfAnAnswer } from './pictures/terminal.ts'

const FOLDER = join(REPO, 'docs/pictures')
const PICTURES = {
  terminal: { file: 'why.svg', make: terminalOfAnAnswer },
  page: { file: 'page.png', make: pageOfAKill },
}

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !Object.hasOwn(PICTURES, name))
if (unknown.length > 0) {
  console.error(
    `no such picture: ${unknown.join(', ')}; there are ${Object.keys(PICTURES).join(', ')}`,
  )
  process.exit(2)
}
mkdirSync(FOLDER, { recursive: true })
for (const [name, { file, make }] of Object.entries(PICTURES)) {
  if (asked.length === 0 || asked.includes(name)) writeFileSync(join(FOLDER, file), await make())
}
