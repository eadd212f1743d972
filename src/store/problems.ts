import { errorCode } from '../model/error-code.ts'
import { StellaError, unreachableError } from '../model/errors.ts'

/**
 * What a failed call to the file system means to the one who records.
 *
 * @param thing what is being written or read, with its article
 */
export function storeProblem(error: unknown, path: string, thing = 'the recording'): StellaError {
  if (error instanceof StellaError) return error
  const code = errorCode(error)
  const options = { cause: error }
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return unreachableError(
        `there is no room left for ${thing}; what is recorded so far is kept`,
        path,
        'make room on that file system, or name another folder with --data DIR',
        options,
      )
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return unreachableError(
        `the folder of ${thing} may not be used (${code})`,
        path,
        'name another folder with --data DIR, or run it as its owner',
        options,
      )
    default:
      return unreachableError(
        `${thing} failed (${code})`,
        path,
        'see that the folder exists and can be written, or name another one with --data DIR',
        options,
      )
  }
}
