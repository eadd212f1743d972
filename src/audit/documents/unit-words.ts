import { placeOf, type Spelled } from './spelled.ts'
import type { Place } from './place.ts'

/** A word as systemd takes it apart. */
export interface UnitWord extends Spelled {
  /** With its quotes. */
  place: Place
  /** As it stands there: `";"` in quotes is another thing than `;`. */
  raw: string
}

const SPACE = /[ \t\n\r]/
const MAX_WORDS = 2_000
const LETTERS: ReadonlyMap<string, string> = new Map([
  ['a', '\u0007'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['s', ' '],
  ['\\', '\\'],
  ['"', '"'],
  ["'", "'"],
])
const NUMBERED = /(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3}))/y

/**
 * The words of a setting (basic/extract-word.c, EXTRACT_UNQUOTE and EXTRACT_CUNESCAPE): quotes of either kind keep a word together
 * wherever they begin, and escapes are those of C. Behind a quote that is not closed, systemd reads no further, and in
 * variables behind an escape that it does not know; in a command that one stands for itself.
 */
export function unitWords(
  spelled: Spelled,
  unknownEscapes: 'kept' | 'refused',
): { words: UnitWord[]; isWhole: boolean } {
  const words: UnitWord[] = []
  let at = 0
  while (words.length < MAX_WORDS) {
    while (SPACE.test(spelled.text[at] ?? '')) at++
    if (at >= spelled.text.length) return { words, isWhole: true }
    const reading = wordAt(spelled, at, unknownEscapes === 'kept')
    if (reading === null) return { words, isWhole: false }
    words.push(reading.word)
    at = reading.end
  }
  return { words, isWhole: false }
}

function wordAt(
  spelled: Spelled,
  start: number,
  isRelaxed: boolean,
): { word: UnitWord; end: number } | null {
  const { file, text } = spelled
  const pieces: string[] = []
  const offsets: number[] = []
  let quote: string | null = null
  let at = start
  for (; at < text.length; at++) {
    const letter = text[at] ?? ''
    if (letter === '\\') {
      const { read, length, isKnown } = escapeAt(text, at)
      if (!isKnown && !isRelaxed) return null
      pieces.push(read)
      for (let unit = 0; unit < read.length; unit++) offsets.push(spelled.offsets[at] ?? spelled.at)
      at += length - 1
    } else if (letter === quote) quote = null
    else if (quote === null && (letter === '"' || letter === "'")) quote = letter
    else if (quote === null && SPACE.test(letter)) break
    else {
      pieces.push(letter)
      offsets.push(spelled.offsets[at] ?? spelled.at)
    }
  }
  if (quote !== null) return null
  const place = placeOf(spelled, start, at)
  const raw = text.slice(start, at)
  return { word: { file, text: pieces.join(''), offsets, at: place.start, place, raw }, end: at }
}

/** What an escape stands for. */
function escapeAt(text: string, at: number): { read: string; length: number; isKnown: boolean } {
  const next = text[at + 1] ?? ''
  const letter = LETTERS.get(next)
  if (letter !== undefined) return { read: letter, length: 2, isKnown: true }
  NUMBERED.lastIndex = at + 1
  const [whole, byte, short, long, octal] = NUMBERED.exec(text) ?? []
  const hexadecimal = byte ?? short ?? long
  const code =
    octal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number.parseInt(octal, 8)
  if (whole === undefined || !(code > 0 && code <= 0x10ffff))
    return { read: `\\${next}`, length: 2, isKnown: false }
  return { read: String.fromCodePoint(code), length: 1 + whole.length, isKnown: true }
}
