import { placeWithin, rawAt, type Place } from '../documents/place.ts'
import type { Edit } from '../rule.ts'
import type { Word } from '../workload.ts'

/** Puts a text in the place of a word; nothing where the word does not stand there as it is read. */
export function replaced({ text, place }: Word, by: string): readonly Edit[] {
  const found = placeWithin(place, text)
  return rawAt(found) === text ? [{ place: found, text: by }] : []
}

/** Takes an option out of a text of options, or its item out of a list, with the space that belongs to it. */
export function removed({ text, place }: Word): readonly Edit[] {
  if (rawAt(place) !== text && rawAt(place).replace(/^["']|["']$/g, '') !== text) return []
  return wholeLine(place) ?? withinLine(place)
}

/** `- -Xmx1g` on a line of its own, or `key: value`. */
export function wholeLine(place: Place): readonly Edit[] | null {
  const { file } = place
  const start = file.text.lastIndexOf('\n', place.start - 1) + 1
  const newline = file.text.indexOf('\n', place.end)
  const end = newline === -1 ? file.text.length : newline + 1
  const isItem = /^[ \t]*-[ \t]+$/.test(file.text.slice(start, place.start))
  const isEnd = /^[ \t\r]*$/.test(file.text.slice(place.end, newline === -1 ? end : newline))
  return isItem && isEnd ? [{ place: { file, start, end }, text: '' }] : null
}

function withinLine({ file, start, end }: Place): readonly Edit[] {
  const { text } = file
  const isWordBefore = /[^\s"'=]/.test(text.slice(0, start).trimEnd().at(-1) ?? '')
  if (text[end] === ' ' && /[\s"'=]/.test(text[start - 1] ?? '')) {
    return [{ place: { file, start, end: end + 1 }, text: '' }]
  }
  return text[start - 1] === ' ' && isWordBefore
    ? [{ place: { file, start: start - 1, end }, text: '' }]
    : []
}
