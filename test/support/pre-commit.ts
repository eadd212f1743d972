import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../../scripts/lib/cache.ts'
import { tryRun } from './testbed.ts'

const VERSION = '4.7.0'

/** pre-commit from PyPI, in a place of its own that is kept; null where it cannot be had. */
export function preCommit(): string | null {
  const folder = cacheFolder(`pre-commit-${VERSION}`)
  const program = join(folder, 'bin', 'pre-commit')
  if (existsSync(program)) return program
  const timeoutMs = 180_000
  const made =
    tryRun(['python3', '-m', 'venv', folder], { timeoutMs }).status === 0 &&
    tryRun([join(folder, 'bin', 'pip'), 'install', '--quiet', `pre-commit==${VERSION}`], {
      timeoutMs,
    }).status === 0
  if (!made) rmSync(folder, { recursive: true, force: true })
  return made ? program : null
}
