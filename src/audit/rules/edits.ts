import { placeWithin, rawAt, type Place } from '../documents/place.ts'
import type { Edit } from '../rule.ts'
import type { Word } from '../workload.ts'

/** Puts a text in the place of a word; nothing where the word does not stand there as it is read. */
export function replaced({ text, place }: Word, by: string): readonly Edit[] {
  const found = placeWithin(place, text)
  if (rawAt(found) !== text) return []
  return [{ place: found, text: needsQuotes(found, text, by) ? JSON.stringify(by) : by }]
}

/** JSON has no texts without quotes, and YAML reads what looks like a number as one: 0x4B would become 75. */
function needsQuotes(place: Place, text: string, by: string): boolean {
  const before = lineAround(place).before
  if (!/:[ \t]+(?:&\S+[ \t]+)?$|":$/.test(before)) return false
  const isNumberInJson = /"[ \t]*:[ \t]*$/.test(before) && /^-?\d+$/.test(text)
  return isNumberInJson || /^0x[\dA-F]+$/i.test(by)
}

/**
 * Takes an option out of a text of options, or its item out of a list, with the space that belongs to it. Nothing where it stands
 * alone: what is left would be another thing than an empty text.
 */
export function removed({ text, place }: Word): readonly Edit[] {
  const isVerbatim = rawAt(place).replace(/^["']|["']$/g, '') === text
  return isVerbatim ? (wholeLine(place) ?? withinLine(place) ?? []) : []
}

/** `- -Xmx1g` on a line of its own, or an option among others that have a line each. */
function wholeLine(place: Place): readonly Edit[] | null {
  const { before, after, lineStart, lineEnd } = lineAround(place)
  if (!/^[ \t\r]*$/.test(after)) return null
  const isItem = /^[ \t]*-[ \t]+$/.test(before)
  const isAmongOthers = /^[ \t]*$/.test(before) && hasNeighbour(place, lineStart, lineEnd, before)
  return isItem || isAmongOthers ? [cut(place, lineStart, lineEnd)] : null
}

/** Whether the line before or behind is an option with the same indentation, and neither goes on in the next. */
function hasNeighbour({ file }: Place, start: number, end: number, indentation: string): boolean {
  const before = start === 0 ? '' : lineAround({ file, start: start - 1, end: start - 1 }).before
  const after = file.text.slice(end, end + 1_000).split('\n', 1)[0] ?? ''
  if (/\\\r?$/.test(before)) return false
  return [before, after].some(
    (line) => line.startsWith(`${indentation}-`) && /^\S/.test(line.slice(indentation.length + 1)),
  )
}

function withinLine(place: Place): readonly Edit[] | null {
  const { before, after } = lineAround(place)
  const { start, end } = place
  // An item of a list in brackets goes with the comma before it.
  const comma = /,[ \t]*["']?$/.exec(before)
  const close = /^["']?(?=[ \t]*[,\]])/.exec(after)
  if (comma !== null && close !== null) {
    return [cut(place, start - comma[0].length, end + close[0].length)]
  }
  // A comment is no word.
  if (/(?:^|[ \t"'=])$/.test(before) && /^ [^\s#]/.test(after)) return [cut(place, start, end + 1)]
  return /[^\s"'=:,[{-] $/.test(before) ? [cut(place, start - 1, end)] : null
}

function lineAround({ file, start, end }: Place): {
  before: string
  after: string
  lineStart: number
  lineEnd: number
} {
  const lineStart = file.text.lastIndexOf('\n', start - 1) + 1
  const newline = file.text.indexOf('\n', end)
  const after = file.text.slice(end, newline === -1 ? file.text.length : newline)
  const lineEnd = newline === -1 ? file.text.length : newline + 1
  return { before: file.text.slice(lineStart, start), after, lineStart, lineEnd }
}

function cut({ file }: Place, start: number, end: number): Edit {
  return { place: { file, start, end }, text: '' }
}
