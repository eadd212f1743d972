/** Makes the folder of the embedded database where there is none, in a process of its own: it takes hundreds of megabytes for a moment. */
import { execFile } from 'node:child_process'
import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { unreachableError } from '../../model/errors.ts'
import { LEAN_FLAG } from './settings.ts'

const MINUTES_MS = 5 * 60_000
/** The program that does it, seen from the bundle and from the sources. */
const PROGRAMS = ['./make-folder.js', './make-folder.ts']

/** An empty database that the build packed, seen from the bundle and from the sources; without it one is made anew. */
const SEEDS = ['./database-seed.tar.gz', '../../../dist/database-seed.tar.gz']

/** @throws StellaError (unreachable) where it cannot be made */
export async function prepareFolder(folder: string): Promise<void> {
  if (existsSync(join(folder, 'PG_VERSION'))) return
  // Half of a folder is none: it gets its name when it is whole.
  const beside = `${folder}.new`
  rmSync(beside, { recursive: true, force: true })
  try {
    const options = { timeout: MINUTES_MS, killSignal: 'SIGKILL' as const }
    await promisify(execFile)(
      process.execPath,
      [LEAN_FLAG, fileOf(PROGRAMS), beside, fileOf(SEEDS)],
      options,
    )
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

/** The first that is there; empty where none is. */
function fileOf(paths: readonly string[]): string {
  const files = paths.map((path) => fileURLToPath(new URL(path, import.meta.url)))
  return files.find((file) => existsSync(file)) ?? ''
}
