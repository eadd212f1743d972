import { globSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { REPO } from '../lib/repo.ts'

/** As deep in the repository as their sources are: they find it from where they lie. */
const FOLDER = 'node_modules/.guest'

/**
 * Builds all scripts that run in guests: under emulation, hundreds of modules take half a minute to be read, and types to be
 * stripped.
 *
 * @returns their folder, from that of the repository
 */
export async function buildScripts(): Promise<string> {
  const build = await rolldown({
    input: globSync('inside*.ts', { cwd: import.meta.dirname }).map((file) =>
      join(import.meta.dirname, file),
    ),
    platform: 'node',
    external: ['pg-native', 'rolldown'],
    checks: { eval: false, ineffectiveDynamicImport: false },
    transform: { target: 'es2022' },
  })
  await build.write({ dir: join(REPO, FOLDER), cleanDir: true })
  await build.close()
  return FOLDER
}
