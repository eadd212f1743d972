import { errorCode } from '../model/error-code.ts'
import { mkdir, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { unreachableError, usageError } from '../model/errors.ts'

/**
 * Writes files into a folder that appears whole or not at all: they go to a temporary neighbour first, which is then renamed.
 * The folder may be missing or empty.
 *
 * @param files contents by name, without folders
 * @throws StellaError (usage) where the folder holds something, (unreachable) where it cannot be written
 */
export async function writeFolder(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const target = resolve(folder)
  await refuseIfFilled(target, folder)
  try {
    await makeFolder(dirname(target))
    await writeWhole(target, files)
  } catch (error) {
    throw asUserError(error, folder)
  }
}

/** Not `recursive`, which never ends in Node below a folder that pretends to be missing, such as /proc. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path)
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return
    if (errorCode(error) !== 'ENOENT' || dirname(path) === path) throw error
    await makeFolder(dirname(path))
    await mkdir(path)
  }
}

async function writeWhole(target: string, files: Readonly<Record<string, string>>): Promise<void> {
  const draft = await mkdtemp(join(dirname(target), `.${basename(target)}-`))
  try {
    for (const [name, content] of Object.entries(files)) {
      await using file = await open(join(draft, name), 'wx', 0o600)
      await file.writeFile(content)
      await file.sync()
    }
    // rename(2) replaces an empty folder, and fails where somebody has filled it meanwhile.
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    throw error
  }
}

async function refuseIfFilled(target: string, shown: string): Promise<void> {
  let entries: string[]
  try {
    entries = await readdir(target)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return
    if (errorCode(error) === 'ENOTDIR') {
      throw usageError('is a file, not a folder', shown, 'name a folder that does not exist yet')
    }
    throw asUserError(error, shown)
  }
  if (entries.length > 0) throw filled(shown)
}

function filled(shown: string): Error {
  return usageError(
    'the folder is not empty',
    shown,
    'name another one; nothing is ever overwritten',
  )
}

function asUserError(error: unknown, shown: string): unknown {
  const code = errorCode(error)
  if (code === 'ENOTEMPTY' || code === 'EEXIST') return filled(shown)
  if (code === null) return error
  return unreachableError(
    `cannot be written (${code})`,
    shown,
    'check that its parent exists, is writable and has room',
    { cause: error },
  )
}
