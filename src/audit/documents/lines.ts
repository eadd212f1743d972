import type { Word } from '../workload.ts'
import type { Excerpt } from './excerpt.ts'

/** A line of an excerpt, without its end. */
export interface Line {
  text: string
  excerpt: Excerpt
  /** Where it begins in the excerpt. */
  start: number
}

/** Longer than what anybody writes, and more; what is beyond is not read. */
const MAX_LINES = 20_000
const MAX_LENGTH = 4_000

/** The lines of a text, but those that are too long to be settings. */
export function linesOf(excerpt: Excerpt): Line[] {
  const lines: Line[] = []
  const { text } = excerpt
  let start = 0
  while (start < text.length && lines.length < MAX_LINES) {
    const newline = text.indexOf('\n', start)
    const end = newline === -1 ? text.length : newline
    const isWindows = end > start && text[end - 1] === '\r'
    if (end - start <= MAX_LENGTH)
      lines.push({ text: text.slice(start, isWindows ? end - 1 : end), excerpt, start })
    start = end + 1
  }
  return lines
}

/** A part of a line, as a word at its place. */
export function partOf({ excerpt, start }: Line, at: number, text: string): Word {
  return { text, place: excerpt.place(start + at, start + at + text.length) }
}

/** A word that may stand in quotes; its place is that of what is inside. */
export function unquotedPart(line: Line, at: number, raw: string): Word {
  const [, inside] = /^"([^"]*)"$|^'([^']*)'$/.exec(raw) ? [raw, raw.slice(1, -1)] : []
  return inside === undefined ? partOf(line, at, raw) : partOf(line, at + 1, inside)
}
