/**
 * Values out of JSON of any size: what is wanted is held until its end, the rest is passed over.
 *
 * It goes by brackets and quotes alone, and so reads what is damaged, or has commas too many, as far as it makes sense; each
 * value that it gives was valid JSON. RFC 8259
 */

import { ANY_ITEM, type Want, type Wanted } from './json-places.ts'

const TAB = 0x09
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const BLANK = 0x20
const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_BRACKET = 0x5b
const BACKSLASH = 0x5c
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
/** The bytes of a byte order mark, which some editors put before JSON. */
const BYTE_ORDER_MARK = new Set([0xef, 0xbb, 0xbf])

const MAX_KEY_BYTES = 16 * 1024

interface Frame {
  want: Want
  isArray: boolean
  key: string
}

export class JsonPicker {
  readonly #maxValueBytes: number
  readonly #each: (value: unknown, path: readonly string[]) => void
  /** What is wanted of the value that comes next. */
  #want: Want | null
  readonly #frames: Frame[] = []
  #mode: 'between' | 'key' | 'string' | 'inside' | 'scalar' | 'done' = 'between'
  /** Of the field whose value comes next; null where a name comes next. */
  #key: string | null = null
  /** How many brackets are open inside of the value. */
  #depth = 0
  #isInString = false
  #isEscaped = false
  #needsParsing = false
  /** Where in the chunk the wanted value or name began; -1 where none is wanted. */
  #from = -1
  #pieces: Uint8Array[] = []
  #pieceBytes = 0
  #isEmpty = true
  #problem: string | null = null

  /**
   * @param maxValueBytes Larger values are left out, and told by {@link finish}.
   * @param each Called with every wanted value, and the names on the way to it; items of arrays have the name `[]`.
   */
  constructor(
    want: Wanted,
    maxValueBytes: number,
    each: (value: unknown, path: readonly string[]) => void,
  ) {
    this.#want = want.root
    this.#maxValueBytes = maxValueBytes
    this.#each = each
  }

  push(chunk: Uint8Array): void {
    let at = 0
    if (this.#from !== -1) this.#from = 0
    while (at < chunk.length) {
      switch (this.#mode) {
        case 'between':
          at = this.#between(chunk, at)
          break
        case 'key':
        case 'string':
          at = this.#string(chunk, at)
          break
        case 'inside':
          at = this.#inside(chunk, at)
          break
        case 'scalar':
          at = this.#scalar(chunk, at)
          break
        case 'done':
          return
      }
    }
    this.#keep(chunk, chunk.length)
  }

  /** What was wrong with it, as the end of a sentence; null where nothing was. */
  finish(): string | null {
    if (this.#problem !== null) return this.#problem
    if (this.#mode === 'done') return null
    return this.#isEmpty ? 'it is empty' : 'it ends too early, or is no JSON'
  }

  #between(chunk: Uint8Array, start: number): number {
    for (let at = start; at < chunk.length; at++) {
      const byte = chunk[at]
      switch (byte) {
        case BLANK:
        case LINE_FEED:
        case CARRIAGE_RETURN:
        case TAB:
        case COLON:
          break
        case COMMA:
          this.#expectNext()
          break
        case QUOTE:
          return this.#beginString(at)
        case OPEN_BRACE:
        case OPEN_BRACKET:
          this.#isEmpty = false
          if (!this.#enter(byte === OPEN_BRACKET)) {
            this.#begin(at)
            this.#mode = 'inside'
            this.#depth = 1
            return at + 1
          }
          break
        case CLOSE_BRACE:
        case CLOSE_BRACKET:
          if (this.#frames.pop() === undefined) this.#begin(at)
          this.#endValue()
          if (this.#mode !== 'between') return at + 1
          break
        default:
          if (this.#isEmpty && byte !== undefined && BYTE_ORDER_MARK.has(byte)) break
          this.#isEmpty = false
          this.#begin(at)
          this.#mode = 'scalar'
          return at
      }
    }
    return chunk.length
  }

  /** Goes into an object or an array of which something is wanted. */
  #enter(isArray: boolean): boolean {
    const want = this.#want
    if (want === null || want.isPicked) return false
    const leads = isArray ? want.items !== null : want.any !== null || want.fields.size > 0
    if (!leads) return false
    this.#frames.push({
      want,
      isArray,
      key: this.#key ?? (this.#frames.length > 0 ? ANY_ITEM : ''),
    })
    this.#expectNext()
    return true
  }

  #expectNext(): void {
    const frame = this.#frames.at(-1)
    if (frame === undefined) return
    this.#key = null
    this.#want = frame.isArray ? frame.want.items : null
  }

  #beginString(at: number): number {
    this.#isEmpty = false
    const frame = this.#frames.at(-1)
    this.#needsParsing = false
    if (frame !== undefined && !frame.isArray && this.#key === null) {
      this.#mode = 'key'
      this.#from = at
    } else {
      this.#mode = 'string'
      this.#begin(at)
    }
    return at + 1
  }

  #begin(at: number): void {
    if (this.#frames.length === 0) this.#problem ??= 'it is other JSON than expected, or none'
    this.#from = this.#want?.isPicked === true ? at : -1
  }

  #string(chunk: Uint8Array, start: number): number {
    const end = this.#endOfString(chunk, start)
    if (end === -1) return chunk.length
    if (this.#mode === 'key') this.#endKey(chunk, end)
    else this.#pick(chunk, end)
    return end
  }

  /** After its closing quote; -1 where the chunk ends before. */
  #endOfString(chunk: Uint8Array, start: number): number {
    let at = start
    if (this.#isEscaped && at < chunk.length) {
      this.#isEscaped = false
      at++
    }
    for (; at < chunk.length; at++) {
      const byte = chunk[at]
      if (byte === QUOTE) return at + 1
      if (byte === BACKSLASH) {
        this.#needsParsing = true
        at++
      }
    }
    this.#isEscaped = at > chunk.length
    return -1
  }

  #inside(chunk: Uint8Array, start: number): number {
    let at = start
    while (at < chunk.length) {
      if (this.#isInString) {
        const end = this.#endOfString(chunk, at)
        if (end === -1) return chunk.length
        this.#isInString = false
        at = end
      }
      const byte = chunk[at++]
      if (byte === QUOTE) this.#isInString = true
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.#depth++
      else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --this.#depth === 0) {
        this.#needsParsing = true
        this.#pick(chunk, at)
        return at
      }
    }
    return at
  }

  #scalar(chunk: Uint8Array, start: number): number {
    for (let at = start; at < chunk.length; at++) {
      switch (chunk[at]) {
        case BLANK:
        case LINE_FEED:
        case CARRIAGE_RETURN:
        case TAB:
        case COMMA:
        case CLOSE_BRACE:
        case CLOSE_BRACKET:
          this.#needsParsing = true
          this.#pick(chunk, at)
          return at
        default:
      }
    }
    return chunk.length
  }

  #endKey(chunk: Uint8Array, end: number): void {
    this.#mode = 'between'
    const want = this.#frames.at(-1)?.want
    const length = this.#pieceBytes + end - this.#from - 2
    const isLookedAt =
      want !== undefined && (this.#needsParsing || want.any !== null || want.lengths.has(length))
    if (!isLookedAt || length > MAX_KEY_BYTES) {
      this.#drop()
      this.#key = ''
      this.#want = null
      return
    }
    const key = this.#text(chunk, end)
    this.#key = typeof key === 'string' ? key : ''
    this.#want = want.fields.get(this.#key) ?? want.any
  }

  #pick(chunk: Uint8Array, end: number): void {
    if (this.#from !== -1) {
      if (this.#pieceBytes + end - this.#from > this.#maxValueBytes) {
        this.#drop()
        this.#tell(`is larger than ${this.#maxValueBytes} bytes`)
      } else {
        const value = this.#text(chunk, end)
        if (value === undefined) this.#tell('is no valid JSON')
        else this.#each(value, this.#path())
      }
    }
    this.#endValue()
  }

  #endValue(): void {
    this.#mode = this.#frames.length === 0 ? 'done' : 'between'
    this.#expectNext()
  }

  /** The value that ends here; undefined where it is damaged. */
  #text(chunk: Uint8Array, end: number): unknown {
    const isWhole = this.#pieces.length === 0
    if (!isWhole) this.#keep(chunk, end)
    const bytes = isWhole
      ? Buffer.from(chunk.buffer, chunk.byteOffset + this.#from, end - this.#from)
      : Buffer.concat(this.#pieces)
    this.#drop()
    if (!this.#needsParsing) return bytes.toString('utf8', 1, bytes.length - 1)
    try {
      const value: unknown = JSON.parse(bytes.toString())
      return value
    } catch {
      return undefined
    }
  }

  /** Holds what of the wanted value stands in this chunk, which is gone afterwards. */
  #keep(chunk: Uint8Array, end: number): void {
    if (this.#from === -1) return
    this.#pieceBytes += end - this.#from
    const most = this.#mode === 'key' ? MAX_KEY_BYTES + 2 : this.#maxValueBytes
    if (this.#pieceBytes > most) this.#pieces = []
    else this.#pieces.push(Buffer.from(chunk.subarray(this.#from, end)))
    this.#from = 0
  }

  #drop(): void {
    this.#pieces = []
    this.#pieceBytes = 0
    this.#from = -1
  }

  #tell(what: string): void {
    const place = this.#path()
      .join('/')
      .slice(0, 300)
      .replaceAll(/[\s\p{Cc}\uFFFD]+/gu, '?')
    this.#problem ??= `${place || 'a value'} ${what}`
  }

  #path(): string[] {
    const path = this.#frames.slice(1).map(({ key }) => key)
    if (this.#frames.length > 0) path.push(this.#key ?? ANY_ITEM)
    return path
  }
}
