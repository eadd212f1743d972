/**
 * What the Go linker writes into programs: https://pkg.go.dev/debug/buildinfo, whose source describes the bytes
 * (src/debug/buildinfo/buildinfo.go).
 */
import { bytesAt } from '../random-file.ts'
import { readAt, sectionOf, type Program } from './program.ts'

const MAGIC = Buffer.from('\xff Go buildinf:', 'latin1')
const ALIGNMENT = 16
const HEADER_BYTES = 32
/** Since Go 1.18 both texts follow the header; before, it held their addresses. */
const INLINE = 2
const BIG = 1
/** Where a program has no table of sections the blob stands near the beginning of its data. */
const SEARCHED_BYTES = 1024 * 1024
const MAX_VERSION_BYTES = 1024
const MAX_MODULES_BYTES = 1024 * 1024
/** Marks of 16 bytes stand around the text about modules. */
const MARK_BYTES = 16

export interface GoBuild {
  /** As `go1.22.3`. */
  version: string
  /** As `go version -m` prints it; empty where the program was built without modules, null where it is damaged. */
  modules: string | null
}

/** Null where it was not built by Go, or its information is damaged. */
export function readGoBuild(program: Program): GoBuild | null {
  const at = blobAddress(program)
  if (at === null) return null
  const header = readAt(program, at, HEADER_BYTES)
  if (header.length < HEADER_BYTES) return null
  const flags = header.readUInt8(15)
  const [version, modules] =
    (flags & INLINE) === 0
      ? pointedTexts(program, header, (flags & BIG) !== 0)
      : inlineTexts(program, at + HEADER_BYTES)
  if (version === null || version === '') return null
  if (modules === null) return { version, modules }
  const isMarked = modules.length >= 2 * MARK_BYTES + 1 && modules.at(-MARK_BYTES - 1) === '\n'
  const text = isMarked ? modules.slice(MARK_BYTES, -MARK_BYTES) : ''
  return {
    version,
    modules: Buffer.from(text, 'latin1').toString('utf8'),
  }
}

function blobAddress(program: Program): number | null {
  const named = sectionOf(program, '.go.buildinfo') ?? sectionOf(program, '__go_buildinfo')
  // A program that names its sections, and has none for Go, was built by somebody else; but PE has never had one.
  const isUnnamed = program.sections.length === 0 || program.sections === program.segments
  const part =
    named ?? (isUnnamed ? program.segments.find(({ isData, bytes }) => isData && bytes > 0) : null)
  if (part === null || part === undefined) return null
  const bytes = bytesAt(program.file, part.at, Math.min(part.bytes, SEARCHED_BYTES))
  for (let at = bytes.indexOf(MAGIC); at !== -1; at = bytes.indexOf(MAGIC, at + 1)) {
    if ((part.address + at) % ALIGNMENT === 0) return part.address + at
  }
  return null
}

/** Both null where they do not lie in the program as a whole, or are larger than any. */
type Texts = [version: string | null, modules: string | null]

function inlineTexts(program: Program, address: number): Texts {
  const version = inlineText(program, address, MAX_VERSION_BYTES)
  if (version === null) return [null, null]
  return [version.text, inlineText(program, version.end, MAX_MODULES_BYTES)?.text ?? null]
}

/** Its length as a varint, then its bytes. */
function inlineText(
  program: Program,
  address: number,
  maxBytes: number,
): { text: string; end: number } | null {
  const start = readAt(program, address, 10)
  let length = 0
  for (const [index, byte] of start.entries()) {
    length += (byte & 0x7f) * 2 ** (7 * index)
    if (byte >= 0x80) continue
    const from = address + index + 1
    const text = textAt(program, from, length, maxBytes)
    return text === null ? null : { text, end: from + length }
  }
  return null
}

function pointedTexts(program: Program, header: Buffer, isBig: boolean): Texts {
  const pointerBytes = header.readUInt8(14)
  if (pointerBytes !== 4 && pointerBytes !== 8) return [null, null]
  const number = (bytes: Buffer, at: number): number => {
    if (pointerBytes === 4) return isBig ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at)
    return Number(isBig ? bytes.readBigUInt64BE(at) : bytes.readBigUInt64LE(at))
  }
  // A text of Go is a pointer to its bytes, and their number.
  const text = (pointerAt: number, maxBytes: number): string | null => {
    const place = readAt(program, number(header, pointerAt), 2 * pointerBytes)
    if (place.length < 2 * pointerBytes) return ''
    return textAt(program, number(place, 0), number(place, pointerBytes), maxBytes)
  }
  return [text(16, MAX_VERSION_BYTES), text(16 + pointerBytes, MAX_MODULES_BYTES)]
}

/** Byte by byte, for the marks are no text. */
function textAt(
  program: Program,
  address: number,
  length: number,
  maxBytes: number,
): string | null {
  if (length > maxBytes) return null
  const bytes = readAt(program, address, length)
  return bytes.length < length ? null : bytes.toString('latin1')
}
