/**
 * A lock that the kernel gives back when its owner ends, whatever ended it, and that is seen from every PID namespace. Node has no
 * flock; SQLite, which comes with it, takes one.
 */
import { rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/** Takes it for as long as this process lives; gives the way to give it back. A file system without locks has none. */
export function holdKernelLock(path: string): () => void {
  const file = new DatabaseSync(path)
  lock(file)
  return () => {
    file.close()
    rmSync(path, { force: true })
  }
}

/** Whether somebody holds it: not where the file is gone. Not for a lock of this process itself, which would lose it. */
export function isKernelLockHeld(path: string): boolean {
  let file: DatabaseSync
  try {
    file = new DatabaseSync(`file:${encodeURI(path)}?mode=rw`)
  } catch {
    return false
  }
  try {
    return !lock(file)
  } finally {
    file.close()
  }
}

function lock(file: DatabaseSync): boolean {
  try {
    file.exec('pragma busy_timeout = 0; pragma journal_mode = memory; begin exclusive')
    return true
  } catch {
    return false
  }
}
