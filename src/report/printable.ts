/**
 * Makes text from outside safe to print: control characters, escape sequences and characters that reorder or hide text
 * (a process may choose its own name) become visible escapes. Line feeds are escaped too; split first where lines are wanted.
 *
 * @example printable('a\u001b[2Jb') // "a\\x1b[2Jb"
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escape)
}

/** C0, DEL, C1, line and paragraph separators, zero-width and bidirectional controls, lone surrogates. */
const UNPRINTABLE =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\p{Surrogate}/gu

function escape(character: string): string {
  if (character === '\t') return ' '
  const code = character.codePointAt(0) ?? 0
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
}

/** The lines of a text, each safe to print. */
export function printableLines(text: string): string[] {
  return text.split(/\r?\n/).map(printable)
}
