import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { REPO } from '../../scripts/lib/repo.ts'

/** Gzipped. What index.html names is needed for the first view; everything else comes when it is wanted. */
export function pageBytes(): { first: number; later: number } {
  const web = join(REPO, 'dist/web')
  const index = readFileSync(join(web, 'index.html'), 'utf8')
  let [first, later] = [gzipSync(index).length, 0]
  for (const name of readdirSync(join(web, 'assets'))) {
    const size = gzipSync(readFileSync(join(web, 'assets', name))).length
    if (index.includes(name)) first += size
    else later += size
  }
  return { first, later }
}
