/** Makes the folder of the embedded database where there is none, in a process of its own: it takes half a gigabyte for a moment. */
import { execFile } from 'node:child_process'
import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { unreachableError } from '../../model/errors.ts'
import { EMBEDDED_SETTINGS, LEAN_FLAG } from './settings.ts'

const MINUTES_MS = 5 * 60_000
const ENGINE = fileURLToPath(import.meta.resolve('@electric-sql/pglite'))

/** What the process does: it gets the engine, the folder and the settings as arguments. */
const PROGRAM = `
const [engine, dataDir, settings] = process.argv.slice(1)
const { PGlite } = await import(engine)
const lite = await PGlite.create({ dataDir, postgresqlconf: JSON.parse(settings) })
await lite.close()
`

/** @throws StellaError (unreachable) where it cannot be made */
export async function prepareFolder(folder: string): Promise<void> {
  if (existsSync(join(folder, 'PG_VERSION'))) return
  // Half of a folder is none: it gets its name when it is whole.
  const beside = `${folder}.new`
  rmSync(beside, { recursive: true, force: true })
  const script = ['--input-type=module', '--eval', PROGRAM]
  const settings = JSON.stringify(EMBEDDED_SETTINGS)
  try {
    const options = { timeout: MINUTES_MS, killSignal: 'SIGKILL' as const }
    await promisify(execFile)(
      process.execPath,
      [LEAN_FLAG, ...script, ENGINE, beside, settings],
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
