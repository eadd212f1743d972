/** One header block of a tar archive: POSIX.1-2017 pax(1), and what GNU tar and star add to it. */

/** Every header and every body begin at a multiple of it. */
export const BLOCK_BYTES = 512

export interface TarHeader {
  /** As it stands: neither cleaned nor checked. */
  name: string
  linkName: string
  /** Of the body that follows, in bytes. */
  size: number
  mode: number
  /** The type flag, one character. */
  flag: string
}

const SPACE = 0x20
const FOUR_SPACES = 0x20202020
const NAME = { offset: 0, length: 100 }
const MODE = { offset: 100, length: 8 }
const SIZE = { offset: 124, length: 12 }
const CHECKSUM = { offset: 148, length: 8 }
const FLAG = 156
const LINK_NAME = { offset: 157, length: 100 }
const MAGIC = 257
const PREFIX = { offset: 345, length: 155 }

/** Whether it ends the archive: a block of zeros. */
export function isEndBlock(block: Buffer): boolean {
  for (let at = 0; at < BLOCK_BYTES; at++) if (block[at] !== 0) return false
  return true
}

/** Null where the block is no header: its checksum does not fit, or a number is none. */
export function readHeader(block: Buffer): TarHeader | null {
  if (!isChecked(block)) return null
  const size = numberAt(block, SIZE)
  const mode = numberAt(block, MODE)
  if (size === null) return null
  const name = textAt(block, NAME)
  return {
    name: hasPrefix(block) ? `${textAt(block, PREFIX)}/${name}` : name,
    linkName: textAt(block, LINK_NAME),
    size,
    mode: mode ?? 0,
    // Version 7 wrote a zero for files.
    flag: block[FLAG] === 0 ? '0' : String.fromCharCode(block[FLAG] ?? 0),
  }
}

/** Whether old GNU sparse headers follow this one. */
export function hasSparseBlocks(block: Buffer): boolean {
  return block[482] === 1
}

/** Whether one more follows this block of a sparse map. */
export function hasMoreSparse(block: Buffer): boolean {
  return block[504] === 1
}

/** A block at an address that can be read as words. */
const aligned = new Uint8Array(BLOCK_BYTES)
const words = new Int32Array(aligned.buffer)

/** The sum of all bytes, those of the sum itself taken as blanks; some wrote it with signed bytes. */
function isChecked(block: Buffer): boolean {
  const stated = numberAt(block, CHECKSUM)
  if (stated === null) return false
  aligned.set(block)
  words[CHECKSUM.offset / 4] = FOUR_SPACES
  words[CHECKSUM.offset / 4 + 1] = FOUR_SPACES
  // Two sums in one word: 256 bytes at most go into 16 bits.
  let sums = 0
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? 0
    sums = (sums + (word & 0x00ff00ff) + ((word >>> 8) & 0x00ff00ff)) | 0
  }
  const sum = (sums & 0xffff) + (sums >>> 16)
  return stated === sum || stated === sum - highBytes() * 256
}

function highBytes(): number {
  let high = 0
  for (const byte of aligned) high += byte >> 7
  return high
}

/** The GNU magic `ustar  ` has other fields where POSIX has the prefix. */
function hasPrefix(block: Buffer): boolean {
  return block[PREFIX.offset] !== 0 && block.toString('latin1', MAGIC, MAGIC + 6) === 'ustar\0'
}

interface Field {
  offset: number
  length: number
}

function textAt(block: Buffer, { offset, length }: Field): string {
  // Most entries are no links.
  if (block[offset] === 0) return ''
  const zero = block.indexOf(0, offset)
  const end = zero === -1 || zero > offset + length ? offset + length : zero
  return block.toString('utf8', offset, end)
}

/** Octal, or in base 256 where the first bit is set. Null where it is neither, negative, or beyond what is exact. */
function numberAt(block: Buffer, { offset, length }: Field): number | null {
  const first = block[offset] ?? 0
  if (first >= 0x80) return base256(block, offset, length)
  let value = 0
  let digits = 0
  for (let at = offset; at < offset + length; at++) {
    const byte = block[at] ?? 0
    if (byte >= 0x30 && byte <= 0x37) {
      value = value * 8 + (byte - 0x30)
      digits++
    } else if (byte === 0 || byte === SPACE) {
      if (digits > 0) break
    } else return null
  }
  return value
}

function base256(block: Buffer, offset: number, length: number): number | null {
  const first = block[offset] ?? 0
  if ((first & 0x40) !== 0) return null
  let value = first & 0x3f
  for (let at = offset + 1; at < offset + length; at++) {
    value = value * 256 + (block[at] ?? 0)
    if (value > Number.MAX_SAFE_INTEGER) return null
  }
  return value
}
