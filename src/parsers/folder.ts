import type { Observation } from '../model/evidence.ts'
import type { Origin, StreamFormat, TextFormat } from './format.ts'

/**
 * Files that say something only together: the files of one cgroup, or of one process. Each of them alone is a text format too.
 */
export interface FolderFormat extends TextFormat {
  /** What the file belongs to: files with one key are parsed together. Mostly the folder. */
  folderOf(path: string): string
  /** `files`: text by file name, without folders. Never throws. */
  parseFolder(files: ReadonlyMap<string, string>, folder: string, origin: Origin): Observation[]
}

export type AnyFormat = TextFormat | StreamFormat | FolderFormat

export function isFolderFormat(format: AnyFormat): format is FolderFormat {
  return 'parseFolder' in format
}

export function isStreamFormat(format: AnyFormat): format is StreamFormat {
  return 'open' in format
}
