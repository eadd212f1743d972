/** Paragraphs of `Field: value` lines, as Debian's tools write them. deb822(5) */
import { LineSplitter } from '../lines.ts'
import { MAX_FIELD_BYTES } from './package.ts'

const BLANKS = new Set([0x20, 0x09])
const CARRIAGE_RETURN = 0x0d
const COLON = 0x3a

/** The wanted fields of a paragraph by their names in lower case. */
export type Paragraph = ReadonlyMap<string, string>

/** Reads them one after the other, and holds one. */
export class Paragraphs {
  readonly #lines: LineSplitter
  readonly #wanted: ReadonlySet<string>
  readonly #each: (paragraph: Paragraph) => void
  /** First bytes that names of wanted fields have, in either case: most lines need not be looked at any further. */
  readonly #beginnings: ReadonlySet<number>
  #paragraph = new Map<string, string>()
  /** How many wanted fields were too long to be what they are named. */
  tooLong = 0

  /** @param wanted Names of fields in lower case; only the first line of each is read. */
  constructor(wanted: readonly string[], each: (paragraph: Paragraph) => void) {
    this.#wanted = new Set(wanted)
    this.#each = each
    this.#beginnings = new Set(
      wanted.flatMap((name) => [name.charCodeAt(0), name.toUpperCase().charCodeAt(0)]),
    )
    this.#lines = new LineSplitter(MAX_FIELD_BYTES, (line, isCut) => this.#read(line, isCut))
  }

  push(chunk: Uint8Array): void {
    this.#lines.push(chunk)
  }

  finish(): void {
    this.#lines.finish()
    this.#end()
  }

  #read(line: Uint8Array, isCut: boolean): void {
    const [first] = line
    if (first === undefined || first === CARRIAGE_RETURN) {
      this.#end()
      return
    }
    if (BLANKS.has(first)) {
      if (isBlank(line)) this.#end()
      return
    }
    if (!this.#beginnings.has(first)) return
    const field = fieldOf(line)
    if (field === null || !this.#wanted.has(field.name)) return
    if (isCut) this.tooLong++
    else this.#paragraph.set(field.name, field.value)
  }

  #end(): void {
    if (this.#paragraph.size > 0) this.#each(this.#paragraph)
    this.#paragraph = new Map()
  }
}

/** The name in lower case. Null where the line is none of a field. */
export function fieldOf(line: Uint8Array): { name: string; value: string } | null {
  const colon = line.indexOf(COLON)
  if (colon === -1) return null
  return {
    name: textOf(line.subarray(0, colon)).toLowerCase(),
    value: textOf(line.subarray(colon + 1)),
  }
}

export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString().trim()
}

function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => BLANKS.has(byte) || byte === CARRIAGE_RETURN)
}
