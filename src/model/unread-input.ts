import { errorCode } from './error-code.ts'
import { StellaError, unreachableError, usageError } from './errors.ts'

const MISSING = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG']
const DENIED = ['EACCES', 'EPERM']

/**
 * Why an input that a call names cannot be read: the same words and the same exit code in every command. 3 where it does not
 * exist or may not be read, as the contract has it of sources; 2 where it is a folder in the place of a file.
 *
 * @param error what the system said; whatever else was thrown stays as it is
 * @param todo what else to name, without a full stop
 */
export function unreadInput(error: unknown, path: string, todo: string): Error {
  const code = errorCode(error)
  if (error instanceof Error && (error instanceof StellaError || code === 'unknown')) return error
  if (code === 'EISDIR') return usageError('is a folder, and no file', path, todo)
  return unreachableError(reason(code), path, DENIED.includes(code) ? LET_READ : todo, {
    cause: error,
  })
}

function reason(code: string): string {
  if (MISSING.includes(code)) return 'there is no such file or folder'
  return DENIED.includes(code) ? 'the permission to read it is missing' : `cannot be read (${code})`
}

const LET_READ = 'let whoever runs stella read it'
