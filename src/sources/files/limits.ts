import { READ_LIMITS } from '../../parsers/files/limits.ts'
import type { ReadLimits } from '../../parsers/files/read-file.ts'

/** What files from outside may cost. Whatever is left out for one of these is told under `unknown`. */
export interface FileLimits extends ReadLimits {
  /** Files that are read, over all paths. */
  maxFiles: number
  /** Folders inside of folders. */
  maxDepth: number
  /** Of what lies below a folder that was given: neither looked at nor counted. */
  isLeftOut?(found: { absolute: string; isFolder: boolean; isDevice: boolean }): boolean
}

export const FILE_LIMITS: FileLimits = {
  maxFiles: 10_000,
  maxDepth: 32,
  ...READ_LIMITS,
}
