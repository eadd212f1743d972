/** Makes the folder of the embedded database where there is none. */
import { execFile } from 'node:child_process'
import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { unreachableError } from '../../model/errors.ts'
import { LEAN_FLAG } from './settings.ts'
import { unpackSeed } from './unpack-seed.ts'

const MINUTES_MS = 5 * 60_000
/** An empty database that the build packed, seen from the bundle and from the sources. */
const SEEDS = ['./database-seed.tar.gz', '../../../dist/database-seed.tar.gz']

/** What makes one anew where nothing was built yet. */
const PROGRAMS = ['./make-folder.js', './make-folder.ts']

/** @throws StellaError (unreachable) where it cannot be made */
export async function prepareFolder(folder: string): Promise<void> {
  if (existsSync(join(folder, 'PG_VERSION'))) return
  // Half of a folder is none: it gets its name when it is whole.
  const beside = `${folder}.new`
  rmSync(beside, { recursive: true, force: true })
  try {
    const seed = fileOf(SEEDS)
    await (seed === null ? makeAnew(beside) : unpackSeed(seed, beside))
    renameSync(beside, folder)
  } catch (error) {
    rmSync(beside, { recursive: true, force: true })
    throw unreachableError(
      'the database cannot be made',
      folder,
      'see that there are 100 MiB of room',
      {
        cause: error,
      },
    )
  }
}

/** In a process of its own: it takes hundreds of megabytes for a moment. */
async function makeAnew(folder: string): Promise<void> {
  const program = fileOf(PROGRAMS)
  if (program === null) throw new Error(`${PROGRAMS[0]} is not there`)
  const options = { timeout: MINUTES_MS, killSignal: 'SIGKILL' as const }
  await promisify(execFile)(process.execPath, [LEAN_FLAG, program, folder], options)
}

/** The first that is there. */
function fileOf(paths: readonly string[]): string | null {
  const files = paths.map((path) => fileURLToPath(new URL(path, import.meta.url)))
  return files.find((file) => existsSync(file)) ?? null
}
