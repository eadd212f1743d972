import { globSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'
import { REPO } from '../lib/repo.ts'

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
    plugins: [{ name: 'places', transform: placesInGuest }],
    platform: 'node',
    external: ['pg-native', 'rolldown'],
    checks: { eval: false, ineffectiveDynamicImport: false },
    transform: { target: 'es2022' },
  })
  // What is there stays: another guest may still read it.
  await build.write({ dir: join(REPO, FOLDER) })
  await build.close()
  return FOLDER
}

/** A module goes on to find what lies beside its source. */
function placesInGuest(code: string, path: string): string {
  const place = join('/repo', relative(REPO, path))
  return code
    .replaceAll('import.meta.dirname', JSON.stringify(dirname(place)))
    .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(place).href))
}
