/** Writes the pages of the reference that are made from the program itself: `node scripts/docs.ts`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GENERATED } from './lib/generated-pages.ts'
import { REPO } from './lib/repo.ts'

for (const [path, write] of GENERATED) writeFileSync(join(REPO, path), await write())
