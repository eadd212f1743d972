import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { REPO } from '../../scripts/lib/repo.ts'
import { run } from './testbed.ts'

/** What is built from; what was written last of what is built. */
const SOURCES = ['src/**', 'web/**', 'runbooks/**', 'package.json', 'rolldown.config.js']
const BUILT = join(REPO, 'dist/web/index.html')

/** Before the tests of a project: what they start is stella as users have it, built from the sources as they are. */
export function setup(): void {
  const newest = Math.max(
    ...globSync(SOURCES, { cwd: REPO }).map((file) => changedAt(join(REPO, file))),
  )
  if (newest < changedAt(BUILT)) return
  run(['npm', 'run', '--silent', 'build'], { cwd: REPO, timeoutMs: 300_000 })
}

function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
