/** Makes the docs into pages for a browser: `npm run site`, or `node scripts/site.ts FOLDER`. */
import { join } from 'node:path'
import { REPO } from './lib/repo.ts'
import { buildSite } from './site/build.ts'

const folder = process.argv[2] ?? join(REPO, 'site')
const pages = buildSite(folder)
process.stdout.write(`${pages} pages in ${folder}; begin with ${join(folder, 'index.html')}\n`)
