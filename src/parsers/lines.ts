/** A line that is longer is cut: no line we understand comes near it. */
export const MAX_LINE_CHARS = 64 * 1024

export interface Line {
  /** Counted from 1. */
  number: number
  /** Without its line end. */
  text: string
}

/** The lines of a text, one at a time, so that a large text is never held twice. */
export function* linesOf(text: string): Generator<Line> {
  let start = 0
  for (let number = 1; start < text.length; number++) {
    const newline = text.indexOf('\n', start)
    const end = newline === -1 ? text.length : newline
    yield { number, text: text.slice(start, Math.min(end, start + MAX_LINE_CHARS)).trimEnd() }
    start = end + 1
  }
}

/**
 * A copy that shares no storage with the text it was cut from. Engines keep the whole text alive as long as one slice of it
 * lives; joining two strings and cutting the joint makes a small one of its own.
 */
export function detached(slice: string): string {
  return `\n${slice}`.slice(1)
}

/** The file name, or what stands for it, without its folders. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** The folder part of a path; empty where there is none. */
export function folderName(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash === -1 ? '' : path.slice(0, slash)
}
