import type { Place, SourceFile } from './place.ts'

/** A text that does not stand in its file as it is read, because of quotes or continued lines: where each letter stands. */
export interface Spelled {
  file: SourceFile
  text: string
  /** Of each letter, its place in the file's text. */
  offsets: readonly number[]
  /** Of a text without letters. */
  at: number
}

/** The place from the first to the last of some letters. */
export function placeOf({ file, offsets, at }: Spelled, from = 0, to = offsets.length): Place {
  const start = offsets[from] ?? at
  const last = offsets[to - 1]
  return { file, start, end: from < to && last !== undefined ? last + 1 : start }
}

/** A part of a text, with the places of its letters. */
export function part(spelled: Spelled, from: number, to = spelled.text.length): Spelled {
  const { file, text, offsets, at } = spelled
  return {
    file,
    text: text.slice(from, to),
    offsets: offsets.slice(from, to),
    at: offsets[from] ?? at,
  }
}

/** A text without the space around it. */
export function stripped(spelled: Spelled): Spelled {
  const from = spelled.text.length - spelled.text.trimStart().length
  return part(spelled, from, Math.max(from, spelled.text.trimEnd().length))
}
