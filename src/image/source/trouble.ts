import { MAX_MEMBERS } from './archive/limits.ts'
import { usageError } from '../../model/errors.ts'
import { unreadInput } from '../../model/unread-input.ts'

/** What is no error of ours yet becomes one: the file cannot be read. */
export function unreadable(error: unknown, path: string): Error {
  return unreadInput(error, path, 'name an archive, or a folder with an image')
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
