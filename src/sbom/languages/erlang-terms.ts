/**
 * Terms of Erlang as they stand in files. https://www.erlang.org/doc/system/data_types.html
 *
 * A tuple is an object with its items, so that it is not taken for a list; atoms, strings and binaries are texts.
 */

export type Term = string | number | readonly Term[] | { tuple: readonly Term[] }

const MAX_DEPTH = 100
const BLANKS = /\s*(?:%[^\n]*\n?\s*)*/y
/** A bracket or a stop, a quoted text, or a word, which may be a number. */
const TOKEN =
  /([[\]{},.|]|<<|>>)|"([^"\\]*(?:\\[^][^"\\]*)*)"|'([^'\\]*(?:\\[^][^'\\]*)*)'|([^\s[\]{},.<>"'|%]+(?:\.[^\s[\]{},.<>"'|%]+)*)/y

interface Token {
  kind: 'mark' | 'text' | 'word'
  text: string
}

/** Each term that a full stop ends, up to the first that is none. */
export function* erlangTerms(text: string): Generator<Term> {
  const reader = new TermReader(text)
  for (;;) {
    const term = reader.term(0)
    if (term === null || !reader.takes('.')) return
    yield term
  }
}

/** What a pair of that name holds, in a list of pairs: `[{vsn,"1.0"}]`. */
export function pairValue(list: Term | undefined, name: string): Term | undefined {
  if (!Array.isArray(list)) return undefined
  return list.map(itemsOf).find(([key]) => key === name)?.[1]
}

/** The items of a tuple; none of anything else. */
export function itemsOf(term: Term | undefined): readonly Term[] {
  return typeof term === 'object' && 'tuple' in term ? term.tuple : []
}

class TermReader {
  readonly #text: string
  #at = 0
  #next: Token | null

  constructor(text: string) {
    this.#text = text
    this.#next = this.#read()
  }

  /** Null where no term begins. */
  term(depth: number): Term | null {
    const token = this.#next
    if (token === null || depth > MAX_DEPTH) return null
    this.#next = this.#read()
    if (token.kind === 'text') return token.text
    if (token.kind === 'word')
      return /^-?\d+(?:\.\d+)?$/.test(token.text) ? Number(token.text) : token.text
    if (token.text === '[') return this.#items(']', depth)
    if (token.text === '<<') return this.#binary(depth)
    if (token.text !== '{') return null
    const tuple = this.#items('}', depth)
    return tuple === null ? null : { tuple }
  }

  takes(mark: string): boolean {
    if (this.#next?.kind !== 'mark' || this.#next.text !== mark) return false
    this.#next = this.#read()
    return true
  }

  #items(end: string, depth: number): Term[] | null {
    const items: Term[] = []
    while (!this.takes(end)) {
      const item = this.term(depth + 1)
      if (item === null) return null
      items.push(item)
      if (!this.takes(',') && !this.takes('|') && !this.#isAt(end)) return null
    }
    return items
  }

  /** `<<"text">>`, `<<"text"/utf8>>` or numbers, which nothing here is named by. */
  #binary(depth: number): string | null {
    const items = this.#items('>>', depth)
    const [first] = items ?? []
    return items === null ? null : typeof first === 'string' ? first : ''
  }

  #isAt(mark: string): boolean {
    return this.#next?.kind === 'mark' && this.#next.text === mark
  }

  #read(): Token | null {
    const match = this.#match(BLANKS) && this.#match(TOKEN)
    if (match === null) return null
    const [, mark, double, single, word] = match
    if (mark !== undefined) return { kind: 'mark', text: mark }
    const quoted = double ?? single
    if (quoted !== undefined) return { kind: 'text', text: quoted.replaceAll(/\\([^])/g, '$1') }
    // `/utf8` and `:8` after an item of a binary belong to it.
    if (word?.startsWith('/') === true) return this.#read()
    return word === undefined ? null : { kind: 'word', text: word }
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (match !== null) this.#at = pattern.lastIndex
    return match
  }
}
