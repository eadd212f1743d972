import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { REPO } from '../../scripts/lib/repo.ts'
import { run } from './testbed.ts'

/** Builds the page as its sources are, where a server from the sources looks for it. */
export function buildPage(): void {
  run(
    [
      process.execPath,
      join(REPO, 'node_modules/vite/bin/vite.js'),
      'build',
      '--config',
      join(REPO, 'web/vite.config.js'),
      '--logLevel',
      'error',
    ],
    { timeoutMs: 120_000 },
  )
  if (!existsSync(join(REPO, 'dist/web/index.html'))) throw new Error('the page was not built')
}
