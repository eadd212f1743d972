import type { Place, SourceFile } from './place.ts'
import { flowValue } from './plain-flow.ts'
import {
  doubleQuotedEnd,
  plainScalar,
  quotedScalar,
  singleQuotedEnd,
  Unusual,
} from './plain-scalar.ts'
import type { Entry, Mapping, Scalar, Sequence, Value } from './value.ts'

/**
 * Reads one document of YAML as nearly all manifests are written: blocks of keys and items, scalars on one line, literal texts,
 * lists and mappings in brackets. It is ten times as fast as a reader of all of YAML, and answers null wherever it is not certain
 * to answer the same as that, errors above all.
 */
export function readPlainYaml(stretch: Place): Value | null {
  try {
    return new BlockReader(stretch).document()
  } catch (error) {
    if (error instanceof Unusual) return null
    throw error
  }
}

const NEWLINE = 10
const SPACE = 32
const DOUBLE_QUOTE = 34
const HASH = 35
const SINGLE_QUOTE = 39
const DASH = 45
const PIPE = 124

/** A key of a mapping up to its colon; other keys are for the other reader. */
const KEY = /(?:([A-Za-z0-9_][\w./-]*)|"([^"\\\n]*)"|'([^'\n]*)'):(?=[ \n]|$)/y
const MAX_DEPTH = 60

class BlockReader {
  readonly #file: SourceFile
  readonly #text: string
  readonly #end: number
  /** The first character of the line that is read, of what has not been read yet. */
  #at: number
  /** Its column; -1 at the end. */
  #column = -1
  #lineEnd: number
  #depth = 0

  constructor({ file, start, end }: Place) {
    this.#file = file
    this.#text = end === file.text.length ? file.text : file.text.slice(0, end)
    this.#end = end
    this.#at = this.#lineEnd = start
  }

  document(): Value {
    this.#nextLine(this.#at)
    if (this.#column === -1) throw new Unusual()
    const first = this.#text[this.#at]
    const value =
      first === '{' || first === '[' ? this.#inline(this.#at, true) : this.#block(this.#column)
    if (this.#column !== -1) throw new Unusual()
    return value
  }

  /** Goes to the next line that holds more than a comment. */
  #nextLine(from: number): void {
    const text = this.#text
    for (let line = from; line < this.#end; line = this.#endOfLine(line) + 1) {
      let at = line
      while (text.charCodeAt(at) === SPACE) at++
      const code = at < this.#end ? text.charCodeAt(at) : NEWLINE
      if (code === NEWLINE || code === HASH) continue
      // The mark of a document's end.
      if (at === line && text.startsWith('...', at)) throw new Unusual()
      this.#at = at
      this.#column = at - line
      this.#lineEnd = this.#endOfLine(at)
      return
    }
    this.#column = -1
  }

  #endOfLine(from: number): number {
    const newline = this.#text.indexOf('\n', from)
    return newline === -1 ? this.#end : newline
  }

  #block(column: number): Value {
    if (++this.#depth > MAX_DEPTH) throw new Unusual()
    const value = this.#isItem() ? this.#sequence(column) : this.#mapping(column)
    this.#depth--
    return value
  }

  #isItem(): boolean {
    if (this.#text.charCodeAt(this.#at) !== DASH) return false
    return this.#at + 1 >= this.#lineEnd || this.#text.charCodeAt(this.#at + 1) === SPACE
  }

  #sequence(column: number): Sequence {
    const start = this.#at
    const items: Value[] = []
    while (this.#column === column && this.#isItem()) {
      const item = this.#value(this.#at + 1, column, true)
      if (item === null) throw new Unusual()
      items.push(item)
    }
    if (this.#column > column) throw new Unusual()
    return { kind: 'sequence', items, place: this.#place(start, items.at(-1)?.place.end ?? start) }
  }

  #mapping(column: number): Mapping {
    const start = this.#at
    const entries = new Map<string, Entry>()
    let end = start
    while (this.#column === column && !this.#isItem()) {
      const { name, key, after } = this.#key()
      if (entries.has(name)) throw new Unusual()
      const found = this.#value(after, column, false)
      const value = found === null || isNothing(found) ? nothing(key) : found
      entries.set(name, { key, value })
      end = value.place.end
    }
    if (this.#column > column) throw new Unusual()
    return { kind: 'mapping', entries, place: this.#place(start, end) }
  }

  #key(): { name: string; key: Place; after: number } {
    KEY.lastIndex = this.#at
    const match = KEY.exec(this.#text)
    if (match === null || KEY.lastIndex > this.#lineEnd) throw new Unusual()
    const name = match[1] ?? match[2] ?? match[3] ?? ''
    return {
      name: interned(name),
      key: this.#place(this.#at, KEY.lastIndex - 1),
      after: KEY.lastIndex,
    }
  }

  /** What stands behind a key or a dash, on its line or below it; null for nothing. */
  #value(from: number, column: number, isItem: boolean): Value | null {
    let at = from
    while (this.#text.charCodeAt(at) === SPACE) at++
    const isBare = at >= this.#lineEnd || (this.#text.charCodeAt(at) === HASH && at > from)
    if (isBare) return this.#below(column, isItem)
    if (isItem && this.#isBlockAt(at)) {
      this.#column += at - this.#at
      this.#at = at
      return this.#block(this.#column)
    }
    return this.#text.charCodeAt(at) === PIPE ? this.#literal(at, column) : this.#inline(at, false)
  }

  #below(column: number, isItem: boolean): Value | null {
    this.#nextLine(this.#lineEnd + 1)
    if (this.#column > column) return this.#block(this.#column)
    // Items may stand below the very column of their key.
    return !isItem && this.#column === column && this.#isItem() ? this.#block(column) : null
  }

  /** `- name: x`, `- - x` */
  #isBlockAt(at: number): boolean {
    if (this.#text.charCodeAt(at) === DASH) return /[ \n]/.test(this.#text[at + 1] ?? '\n')
    KEY.lastIndex = at
    return KEY.test(this.#text) && KEY.lastIndex <= this.#lineEnd
  }

  /** A scalar, or something in brackets, with nothing but a comment behind it. */
  #inline(at: number, isWhole: boolean): Value {
    const value = this.#inlineValue(at, isWhole)
    let after = value.place.end
    const lineEnd = isWhole ? this.#endOfLine(after) : this.#lineEnd
    while (this.#text.charCodeAt(after) === SPACE) after++
    const isComment = this.#text.charCodeAt(after) === HASH && after > value.place.end
    if (after < lineEnd && !isComment) throw new Unusual()
    this.#nextLine(lineEnd + 1)
    return value
  }

  #inlineValue(at: number, isWhole: boolean): Value {
    const code = this.#text.charCodeAt(at)
    const file = this.#file
    if (code === DOUBLE_QUOTE) {
      return quotedScalar(this.#place(at, doubleQuotedEnd(this.#text, at, this.#lineEnd)))
    }
    if (code === SINGLE_QUOTE) {
      return quotedScalar(this.#place(at, singleQuotedEnd(this.#text, at, this.#lineEnd)))
    }
    const first = this.#text[at]
    if (first === '[' || first === '{') {
      return flowValue({ file, start: at, end: isWhole ? this.#end : this.#lineEnd })
    }
    return plainScalar({ file, start: at, end: this.#lineEnd })
  }

  /** The lines of a literal text, as far as they are indented as the first is. */
  #literal(at: number, column: number): Scalar {
    const header = this.#text.slice(at, this.#lineEnd)
    if (header !== '|' && header !== '|-') throw new Unusual()
    const start = this.#lineEnd + 1
    const indent = this.#indentOf(start)
    if (indent <= column || this.#isBlank(start)) throw new Unusual()
    const lines: string[] = []
    let filled = 0
    let end = start
    let line = start
    for (; line < this.#end; line = this.#endOfLine(line) + 1) {
      const lineEnd = this.#endOfLine(line)
      if (this.#isBlank(line)) {
        if (lineEnd - line > indent) throw new Unusual()
        lines.push('')
        continue
      }
      if (this.#indentOf(line) < indent) break
      lines.push(this.#text.slice(line + indent, lineEnd))
      filled = lines.length
      end = Math.min(lineEnd + 1, this.#end)
    }
    const text = `${lines.slice(0, filled).join('\n')}${header === '|' ? '\n' : ''}`
    if (text.includes('\r')) throw new Unusual()
    this.#nextLine(line)
    return { kind: 'scalar', value: text, text, place: this.#place(at, end) }
  }

  #indentOf(line: number): number {
    let at = line
    while (this.#text.charCodeAt(at) === SPACE) at++
    return at - line
  }

  #isBlank(line: number): boolean {
    const at = line + this.#indentOf(line)
    return at >= this.#end || this.#text.charCodeAt(at) === NEWLINE
  }

  #place(start: number, end: number): Place {
    return { file: this.#file, start, end }
  }
}

function isNothing(value: Value): boolean {
  return value.kind === 'scalar' && value.value === null
}

/** What has no value stands where its key does. */
function nothing(key: Place): Scalar {
  return { kind: 'scalar', value: null, text: '', place: key }
}

const NAMES = new Map<string, string>()
const MAX_NAMES = 5_000

/** The same keys stand in every manifest: one text for each is enough. */
function interned(name: string): string {
  const known = NAMES.get(name)
  if (known !== undefined) return known
  if (NAMES.size < MAX_NAMES) NAMES.set(name, name)
  return name
}
