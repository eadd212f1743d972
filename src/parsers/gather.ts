import type { Observation } from '../model/evidence.ts'
import { isFolderFormat } from './folder.ts'
import type { FolderFormat } from './folder.ts'
import type { Origin, TextFormat } from './format.ts'
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
  add(format: TextFormat | FolderFormat, file: NamedText): void
  /** What all files added so far say, those of one folder together. The gathering is empty afterwards. */
  finish(origin?: Pick<Origin, 'readAt' | 'source'>): Observation[]
}

interface Folder {
  format: FolderFormat
  path: string
  from: string
  files: Map<string, string>
}

/** Collects texts, and parses the files of one folder together. */
export function gather(): Gathering {
  let alone: { format: TextFormat; file: NamedText }[] = []
  let folders = new Map<string, Folder>()
  let held = 0
  return {
    get held() {
      return held
    },
    add(format, file) {
      held += file.text.length
      if (!isFolderFormat(format)) {
        alone.push({ format, file })
        return
      }
      const path = format.folderOf(file.path)
      const key = `${format.id} ${path}`
      const folder = folders.get(key) ?? { format, path, from: folderFrom(file), files: new Map() }
      folder.files.set(baseName(file.path), file.text)
      folders.set(key, folder)
    },
    finish(origin = { readAt: null, source: null }) {
      const found = [
        ...alone.flatMap(({ format, file }) => parseAlone(format, file, origin)),
        ...[...folders.values()].flatMap((folder) =>
          folder.format.parseFolder(folder.files, folder.path, { ...origin, from: folder.from }),
        ),
      ]
      alone = []
      folders = new Map()
      held = 0
      return found
    },
  }
}

/** The folder is the origin of what its files say together; a section of a text keeps its line. */
function folderFrom(file: NamedText): string {
  return baseName(file.from) === baseName(file.path)
    ? folderName(file.from) || file.from
    : file.from
}

/** A format may read something from the file's path; the observation shall show where the text really stood. */
function parseAlone(
  format: TextFormat,
  file: NamedText,
  origin: Pick<Origin, 'readAt' | 'source'>,
): Observation[] {
  const found = format.parse(file.text, { ...origin, from: file.path })
  return found.map((observation) => ({ ...observation, from: file.from }))
}
