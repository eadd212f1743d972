/** JSON as a stream: one object whose long members are written item by item. */

export type Member =
  | { name: string; value: unknown }
  /** An array, each item on a line of its own. They are asked for when all members before are written. */
  | { name: string; items: () => Iterable<object> | AsyncIterable<object> }

/** Characters of a piece, at least; a writer is not called for every small item. */
const PIECE_LENGTH = 64 * 1024

/** The object, in pieces. Lone surrogates, which no text in UTF-8 can hold, become U+FFFD. */
export async function* jsonObject(members: readonly Member[]): AsyncGenerator<string> {
  let piece = '{'
  for (const [at, member] of members.entries()) {
    piece += `${at === 0 ? '' : ','}\n${jsonOf(member.name)}: `
    if ('value' in member) {
      piece += jsonOf(member.value)
      continue
    }
    let separator = '[\n'
    for await (const item of member.items()) {
      piece += separator + jsonOf(item)
      separator = ',\n'
      if (piece.length >= PIECE_LENGTH) {
        yield piece
        piece = ''
      }
    }
    piece += separator === '[\n' ? '[]' : '\n]'
  }
  yield `${piece}\n}\n`
}

function jsonOf(value: unknown): string {
  const text = JSON.stringify(value)
  // JSON.stringify escapes lone surrogates; it is dear to look for them in every string beforehand.
  return text.includes('\\ud') ? JSON.stringify(value, wellFormed) : text
}

function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value
}
