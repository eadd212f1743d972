import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * A folder for heavy things that can be made again (guest kernels, container images), outside the repository.
 * `STELLA_CACHE` names another one.
 */
export function cacheFolder(...names: string[]): string {
  const root =
    process.env['STELLA_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? '/var/tmp', 'stella-cache')
  const folder = join(root, ...names)
  mkdirSync(folder, { recursive: true })
  return folder
}
