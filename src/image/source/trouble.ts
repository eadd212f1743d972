import { errorCode } from '../../model/error-code.ts'
import { MAX_MEMBERS } from './archive/limits.ts'
import { StellaError, unreachableError, usageError } from '../../model/errors.ts'

/** What is no error of ours yet becomes one: the file cannot be read. */
export function unreadable(error: unknown, path: string): Error {
  if (error instanceof StellaError) return error
  const code = errorCode(error)
  const isMissing = code === 'ENOENT' || code === 'ENOTDIR'
  const says = isMissing ? 'it does not exist' : `it cannot be read (${code})`
  return unreachableError(says, path, 'name a file or a folder that may be read', { cause: error })
}

export function tooLong(document: string, where: string): Error {
  return usageError(
    `${document.slice(0, 200)} has more than the 4 MiB that a document may have`,
    where,
    'name an archive of an image',
  )
}

export function sparseMember(member: string, archive: string): Error {
  return usageError(
    `${member.slice(0, 200)} is a sparse file in it, which is not read`,
    archive,
    'pack it again without --sparse of tar',
  )
}

/** @param at of the archive, in bytes */
export function breaksOff(archive: string, at: number): Error {
  return usageError(`it breaks off at byte ${at}`, archive, 'it is not whole: get it again')
}

export function brokenTar(archive: string, says: string, at: number): Error {
  return usageError(`what stands at byte ${at} ${says}`, archive, 'it is damaged: get it again')
}

export function tooManyMembers(archive: string): Error {
  return usageError(
    `it has more than ${MAX_MEMBERS} members`,
    archive,
    'name an archive of an image, and not of its files',
  )
}
