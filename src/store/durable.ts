/** Files that are whole after a crash: either the earlier text or the new one. */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { errorCode } from '../model/error-code.ts'
import { unreachableError } from '../model/errors.ts'

/**
 * Only its owner may enter: what is kept here may hold secrets.
 *
 * @throws StellaError (unreachable) where it cannot be made, or not be written
 */
export function privateFolder(path: string): string {
  try {
    makeFolders(path)
    accessSync(path, constants.W_OK | constants.X_OK)
    return path
  } catch (error) {
    throw unreachableError(
      `nothing can be kept in this folder (${errorCode(error)})`,
      path,
      'name another one with --data DIR, or let its user write there',
      { cause: error },
    )
  }
}

/**
 * Makes a folder and those above it, for its user alone. Node's own way tries for ever where a file system has no room for any, as
 * below /proc.
 */
export function makeFolders(path: string): void {
  if (existsSync(path)) return
  makeFolders(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if (!existsSync(path)) throw error
  }
}

/** Writes a file as a whole; when this returns, it is on the disk. */
export function writeDurably(path: string, text: string): void {
  const fresh = `${path}.${process.pid}.new`
  try {
    writeAndSync(fresh, text)
    renameSync(fresh, path)
  } catch (error) {
    rmSync(fresh, { force: true })
    throw error
  }
  syncFolder(dirname(path))
}

function writeAndSync(path: string, text: string): void {
  const descriptor = openSync(path, 'w', 0o600)
  try {
    writeFileSync(descriptor, text)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** A new name in a folder is on the disk only when the folder is. */
export function syncFolder(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
