import { printable } from '../../report/printable.ts'

/**
 * A text from outside in exactly `width` columns of a terminal, cut with an ellipsis at the end, or at the beginning where
 * the end tells more.
 */
export function fitted(text: string, width: number, cutAt: 'end' | 'start' = 'end'): string {
  const characters = Array.from(printable(text))
  const whole = columnsOf(characters)
  if (whole <= width) return characters.join('') + ' '.repeat(width - whole)
  if (width <= 0) return ''
  const kept: string[] = []
  let used = 1
  const source = cutAt === 'end' ? characters : characters.toReversed()
  for (const character of source) {
    const columns = columnsOf([character])
    if (used + columns > width) break
    kept.push(character)
    used += columns
  }
  const padding = ' '.repeat(width - used)
  return cutAt === 'end'
    ? `${kept.join('')}…${padding}`
    : `…${kept.toReversed().join('')}${padding}`
}

/** A number or a short word, flush right; never wider than `width`. */
export function flushRight(text: string, width: number): string {
  return text.length > width ? text.slice(0, width) : text.padStart(width)
}

/** East Asian wide characters and pictures take two columns, combining marks none (Unicode TR 11). */
function columnsOf(characters: readonly string[]): number {
  let columns = 0
  for (const character of characters) {
    if (/^\p{Mark}$/u.test(character)) continue
    columns += (character.codePointAt(0) ?? 0) >= 0x1100 && WIDE.test(character) ? 2 : 1
  }
  return columns
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u
