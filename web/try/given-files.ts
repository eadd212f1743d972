/** Files out of what was dropped or chosen, in the order in which the command line reads them. */
import { isNoEvidence } from '../../src/parsers/files/no-evidence.ts'
import type { GivenFile } from './messages.ts'

/** As many as the command line reads. */
const MAX_FILES = 10_000
const MAX_DEPTH = 32

export interface Given {
  files: readonly GivenFile[]
  /** There were more. */
  isCut: boolean
}

/** Of a file chooser; of a folder that was chosen, everything below it. */
export function chosenFiles(list: FileList): Given {
  const files = [...list].map((file) => ({ path: file.webkitRelativePath || file.name, file }))
  return inOrder(files)
}

/** Folders that are dropped come as entries; some sources of a drop give files alone. */
export async function droppedFiles(
  entries: readonly (FileSystemEntry | null)[],
  loose: readonly File[],
): Promise<Given> {
  const files: GivenFile[] = []
  for (const entry of entries) if (entry !== null) await take(entry, files, 0)
  return inOrder(files.length > 0 ? files : loose.map((file) => ({ path: file.name, file })))
}

export function pastedText(text: string): Given {
  const file = new File([text], 'pasted text')
  return { files: [{ path: file.name, file }], isCut: false }
}

async function take(entry: FileSystemEntry, files: GivenFile[], depth: number): Promise<void> {
  if (files.length > MAX_FILES || depth > MAX_DEPTH) return
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject))
    files.push({ path: entry.fullPath.replace(/^\//, ''), file })
  } else if (isFolder(entry)) {
    for (const inner of await entriesOf(entry)) await take(inner, files, depth + 1)
  }
}

/** A reader gives a hundred at a time, and nothing at the end. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader()
  const all: FileSystemEntry[] = []
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    all.push(...some)
    if (some.length === 0 || all.length > MAX_FILES) return all
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory
}

function inOrder(files: readonly GivenFile[]): Given {
  const evidence = files.filter(({ path }) => {
    const parts = path.split('/')
    return parts.length === 1 || !isNoEvidence(parts.at(-1) ?? '')
  })
  return {
    files: evidence.toSorted(byFolder).slice(0, MAX_FILES),
    isCut: evidence.length > MAX_FILES,
  }
}

/** Files of a folder in the order of their names, before its folders. */
function byFolder(a: GivenFile, b: GivenFile): number {
  const [one, other] = [a.path.split('/'), b.path.split('/')]
  for (let at = 0; ; at++) {
    const [x = '', y = ''] = [one[at], other[at]]
    const [xIsFile, yIsFile] = [at >= one.length - 1, at >= other.length - 1]
    if (xIsFile !== yIsFile) return xIsFile ? -1 : 1
    if (x !== y) return x < y ? -1 : 1
    if (xIsFile) return 0
  }
}
