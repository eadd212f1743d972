/** Files that are whole after a crash: either the earlier text or the new one. */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'

/** Only its owner may enter: what is kept here may hold secrets. */
export function privateFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  return path
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
