// The packages that the build bundles: what the sources and the page import. Plain JavaScript, for the build of a checkout
// needs it before anything is installed.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const IMPORT = /^(?:import|export)\s(?:[^'"]*?\sfrom\s)?'([^'.][^']*)'|\bimport\('([^'.][^']*)'\)/gm

/** Their names, sorted; types alone are not bundled. */
export function bundledPackages(repo) {
  const files = ['src', 'web'].flatMap((folder) =>
    readdirSync(join(repo, folder), { recursive: true })
      .filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path))
      .map((path) => join(repo, folder, path)),
  )
  const found = new Set()
  for (const file of files) {
    for (const [statement, fixed, lazy] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
      const from = fixed ?? lazy
      if (from.startsWith('node:') || statement.startsWith('import type')) continue
      found.add(
        from
          .split('/')
          .slice(0, from.startsWith('@') ? 2 : 1)
          .join('/'),
      )
    }
  }
  // Not toSorted: Node 18 builds with this, too.
  // oxlint-disable-next-line unicorn/no-array-sort
  return [...found].sort((a, b) => (a < b ? -1 : 1))
}
