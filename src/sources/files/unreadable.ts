import { statSync } from 'node:fs'
import { errorCode } from '../../model/error-code.ts'

/** One sentence on why a file or folder could not be read, with the permission that is missing. */
export function unreadableSentence(shown: string, path: string, error: unknown): string {
  const code = errorCode(error)
  if (code === 'EACCES' || code === 'EPERM') {
    return `${shown} could not be read: permission denied; ${missingPermission(path)}`
  }
  if (code === 'ELOOP') return `${shown} could not be read: its symbolic links lead in a circle`
  return `${shown} could not be read: ${code === 'unknown' ? String(error) : code}`
}

function missingPermission(path: string): string {
  try {
    const { uid, gid, mode } = statSync(path)
    const bits = (mode & 0o7777).toString(8).padStart(4, '0')
    return `it belongs to user ${uid} and group ${gid} with mode ${bits}, so run as that user or as root`
  } catch {
    return 'a folder above it may not be entered by this user, so run as its owner or as root'
  }
}
