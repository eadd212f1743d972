/**
 * Breaks a text into lines of at most `width` characters, at spaces; a word that is longer stands alone and stays whole,
 * so that paths and ids can be copied.
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && lengthOf(line) + 1 + lengthOf(word) > width) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}

/** The same, with a first line that begins differently. */
export function wrapHanging(first: string, text: string, width: number): string[] {
  const indent = ' '.repeat(lengthOf(first))
  return wrap(text, Math.max(width - lengthOf(first), 20)).map((line, at) =>
    `${at === 0 ? first : indent}${line}`.trimEnd(),
  )
}

function lengthOf(text: string): number {
  return Array.from(text).length
}
