/** A file that is judged, as it stands on the disk: fixes are spliced into this very text. */
export interface SourceFile {
  /** As the user named it. */
  path: string
  text: string
}

/** A stretch of a file, in UTF-16 units from its beginning. */
export interface Place {
  file: SourceFile
  start: number
  end: number
}

/** Where a place begins; both count from 1. */
export interface Position {
  line: number
  column: number
}

/** With its slash; empty for a name alone. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1)
}

const LINE_STARTS = new WeakMap<SourceFile, readonly number[]>()

/** Line and column of the beginning of a place. */
export function positionOf({ file, start }: Place): Position {
  const starts = lineStarts(file)
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((starts[middle] ?? 0) <= start) low = middle
    else high = middle - 1
  }
  return { line: low + 1, column: start - (starts[low] ?? 0) + 1 }
}

/** The text of a line, which counts from 1, without its end. */
export function lineOf(file: SourceFile, line: number): string {
  const starts = lineStarts(file)
  const start = starts[line - 1] ?? file.text.length
  return file.text.slice(start, starts[line] ?? file.text.length).replace(/\r?\n$/, '')
}

/** How many lines a file has. */
export function lineCount(file: SourceFile): number {
  return lineStarts(file).length
}

/** The text that stands at a place. */
export function rawAt({ file, start, end }: Place): string {
  return file.text.slice(start, end)
}

/** The first place of a text inside of a place; the place itself where it does not stand there word by word. */
export function placeWithin(place: Place, text: string, from = 0): Place {
  const at = text === '' ? -1 : rawAt(place).indexOf(text, from)
  if (at === -1) return place
  return { file: place.file, start: place.start + at, end: place.start + at + text.length }
}

function lineStarts(file: SourceFile): readonly number[] {
  const known = LINE_STARTS.get(file)
  if (known !== undefined) return known
  // A byte order mark is no column.
  const starts = [file.text.startsWith('\uFEFF') ? 1 : 0]
  for (let at = file.text.indexOf('\n'); at !== -1; at = file.text.indexOf('\n', at + 1)) {
    starts.push(at + 1)
  }
  LINE_STARTS.set(file, starts)
  return starts
}
