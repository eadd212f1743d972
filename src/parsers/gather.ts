import type { Observation } from '../model/evidence.ts'
import type { FolderFormat } from './folder.ts'
import type { Origin } from './format.ts'
import { baseName, folderName } from './lines.ts'

/** A text with the path that formats judge it by, and the one that is shown. */
export interface NamedText {
  path: string
  text: string
  from: string
}

export interface Gathering {
  /** Characters held back for folders that are not complete yet. */
  readonly held: number
  add(format: FolderFormat, file: NamedText): void
  /** What the files added so far say, those of one folder together. The gathering is empty afterwards. */
  finish(origin?: Pick<Origin, 'readAt' | 'source'>): Observation[]
}

interface Folder {
  format: FolderFormat
  path: string
  from: string
  /** The origin of its first file, which is shown where it stays the only one. */
  fromFirst: string
  files: Map<string, string>
}

/** Collects texts, and parses the files of one folder together. */
export function gather(): Gathering {
  let folders = new Map<string, Folder>()
  let held = 0
  return {
    get held() {
      return held
    },
    add(format, file) {
      held += file.text.length
      const path = format.folderOf(file.path)
      const key = `${format.id} ${path}`
      const folder = folders.get(key) ?? newFolder(format, path, file)
      folder.files.set(baseName(file.path), file.text)
      folders.set(key, folder)
    },
    finish(origin = { readAt: null, source: null }) {
      const found = [...folders.values()].flatMap(({ format, files, path, from, fromFirst }) =>
        format.parseFolder(files, path, { ...origin, from: files.size === 1 ? fromFirst : from }),
      )
      folders = new Map()
      held = 0
      return found
    },
  }
}

function newFolder(format: FolderFormat, path: string, file: NamedText): Folder {
  return { format, path, from: folderFrom(file), fromFirst: file.from, files: new Map() }
}

/** The folder is the origin of what its files say together; a section of a text keeps its line. */
function folderFrom(file: NamedText): string {
  return baseName(file.from) === baseName(file.path)
    ? folderName(file.from) || file.from
    : file.from
}
