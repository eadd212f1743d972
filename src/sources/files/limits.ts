import { MAX_TEXT_BYTES } from '../../parsers/format.ts'

/** What files from outside may cost. Whatever is left out for one of these is told under `unknown`. */
export interface FileLimits {
  /** Files that are read, over all paths. */
  maxFiles: number
  /** Folders inside of folders. */
  maxDepth: number
  /** Of one file whose format is parsed as a whole; never more than {@link MAX_TEXT_BYTES}. */
  maxTextBytes: number
  /** Of one file of a streamed format once it is unpacked: the packed size says nothing about it. */
  maxUnpackedBytes: number
  /** Over all files. */
  maxObservations: number
  /** Of what lies below a folder that was given: neither looked at nor counted. */
  isLeftOut?(found: { absolute: string; isFolder: boolean; isDevice: boolean }): boolean
}

export const FILE_LIMITS: FileLimits = {
  maxFiles: 10_000,
  maxDepth: 32,
  maxTextBytes: MAX_TEXT_BYTES,
  maxUnpackedBytes: 2 * 1024 ** 3,
  maxObservations: 200_000,
}
