/**
 * The index of a zip archive, read a window at a time from the directory at its end.
 * https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
import { isUtf8 } from 'node:buffer'
import type { RandomFile } from '../cataloger.ts'
import { bytesAt } from '../random-file.ts'
import { createSpareBuffer } from './spare-buffer.ts'

const KIB = 1024

/** "End of central directory record": 22 bytes, then a comment of up to 64 KiB. */
const END = { signature: 0x06_05_4b_50, bytes: 22 }
const END_64_LOCATOR = { signature: 0x07_06_4b_50, bytes: 20 }
const END_64 = { signature: 0x06_06_4b_50, bytes: 56 }
const ENTRY = { signature: 0x02_01_4b_50, bytes: 46 }
const ZIP_64_FIELD = 0x00_01
const MAX_16 = 0xff_ff
const MAX_32 = 0xff_ff_ff_ff
const ENCRYPTED = 1

/** Longest of an entry: its fixed part, its name, its extra fields and its comment. */
const LONGEST_ENTRY = ENTRY.bytes + 3 * MAX_16
/** Read at once: one such entry, or many usual ones. */
const WINDOW_BYTES = 32 * KIB

/** In bytes. Longer names are told as the beginning of themselves. */
const LONGEST_NAME = 1024

export interface ZipEntry {
  name: string
  /** 0: stored, 8: deflated. */
  method: number
  isEncrypted: boolean
  /** As the directory states them, in bytes. */
  compressedBytes: number
  bytes: number
  checksum: number
  /** Of its local header, from the beginning of the file. */
  at: number
}

/** Where the directory lies in the file, in bytes. */
export interface ZipDirectory {
  at: number
  bytes: number
  /** How many entries it states. */
  count: number
  /** What was put before the archive, as the script of an executable jar: offsets count from there. */
  base: number
}

/** The directory of an archive; null where the file has none. */
export function zipDirectory(file: RandomFile): ZipDirectory | null {
  // Hardly any has a comment.
  return endingIn(file, END.bytes) ?? endingIn(file, END.bytes + MAX_16)
}

function endingIn(file: RandomFile, most: number): ZipDirectory | null {
  const length = Math.min(file.size, most)
  const tail = bytesAt(file, file.size - length, length)
  for (let at = tail.length - END.bytes; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END.signature) continue
    const end = file.size - tail.length + at
    const directory = placed(file, end, stated(file, end, tail.subarray(at)))
    if (directory !== null) return directory
  }
  return null
}

interface Stated {
  count: number
  bytes: number
  offset: number
  /** Where the directory ends at the latest. */
  end: number
}

function stated(file: RandomFile, end: number, record: Buffer): Stated {
  const small: Stated = {
    count: record.readUInt16LE(10),
    bytes: record.readUInt32LE(12),
    offset: record.readUInt32LE(16),
    end,
  }
  const isLarge = small.count === MAX_16 || small.bytes === MAX_32 || small.offset === MAX_32
  if (!isLarge || end < END_64_LOCATOR.bytes) return small
  const locator = bytesAt(file, end - END_64_LOCATOR.bytes, END_64_LOCATOR.bytes)
  if (!begins(locator, END_64_LOCATOR)) return small
  // Its offset is wrong where something was put before the archive; then the record stands right before.
  const places = [number64(locator, 8), end - END_64_LOCATOR.bytes - END_64.bytes]
  for (const at of places) {
    if (at < 0 || at + END_64.bytes > end) continue
    const large = bytesAt(file, at, END_64.bytes)
    if (!begins(large, END_64)) continue
    return {
      count: number64(large, 32),
      bytes: number64(large, 40),
      offset: number64(large, 48),
      end: at,
    }
  }
  return small
}

function placed(file: RandomFile, end: number, said: Stated): ZipDirectory | null {
  const { count, bytes, offset } = said
  if (bytes > said.end) return null
  // An empty archive is nothing but its end.
  if (bytes === 0) return count === 0 ? { at: end, bytes: 0, count: 0, base: 0 } : null
  const bases = [said.end - bytes - offset, 0]
  for (const base of bases) {
    const at = base + offset
    if (base < 0 || at + bytes > said.end) continue
    if (begins(bytesAt(file, at, ENTRY.bytes), ENTRY)) return { at, bytes, count, base }
  }
  return null
}

/** The entries in the order of the directory; it ends at the first place that holds none. */
export function* zipEntries(file: RandomFile, directory: ZipDirectory): Generator<ZipEntry> {
  const buffer = windows.take()
  try {
    const end = directory.at + directory.bytes
    let at = directory.at
    let entry = buffer.subarray(0, 0)
    while (at < end) {
      if (lengthOf(entry) > entry.length) {
        const bytes = file.read(at, Math.min(WINDOW_BYTES, end - at))
        buffer.set(bytes)
        entry = buffer.subarray(0, bytes.length)
        // Few have names or extra fields of many kilobytes.
        if (lengthOf(entry) > entry.length) {
          entry = bytesAt(file, at, Math.min(LONGEST_ENTRY, end - at))
        }
      }
      const length = lengthOf(entry)
      if (length > entry.length || !begins(entry, ENTRY)) return
      yield read(entry, directory.base)
      at += length
      entry = entry.subarray(length)
    }
  } finally {
    windows.giveBack(buffer)
  }
}

const windows = createSpareBuffer(WINDOW_BYTES)

/** Without the fixed part nothing is known but that. */
function lengthOf(entry: Buffer): number {
  if (entry.length < ENTRY.bytes) return ENTRY.bytes
  return ENTRY.bytes + entry.readUInt16LE(28) + entry.readUInt16LE(30) + entry.readUInt16LE(32)
}

function read(entry: Buffer, base: number): ZipEntry {
  const extraAt = ENTRY.bytes + entry.readUInt16LE(28)
  const extra = entry.subarray(extraAt, extraAt + entry.readUInt16LE(30))
  const small = {
    bytes: entry.readUInt32LE(24),
    compressedBytes: entry.readUInt32LE(20),
    offset: entry.readUInt32LE(42),
  }
  const { bytes, compressedBytes, offset } = enlarged(small, extra)
  return {
    name: nameOf(entry.subarray(ENTRY.bytes, extraAt)),
    method: entry.readUInt16LE(10),
    isEncrypted: (entry.readUInt16LE(8) & ENCRYPTED) !== 0,
    compressedBytes,
    bytes,
    checksum: entry.readUInt32LE(16),
    at: base + offset,
  }
}

interface Sizes {
  bytes: number
  compressedBytes: number
  offset: number
}

/** In an entry of zip64 the numbers that do not fit stand in an extra field, in this order. */
function enlarged(sizes: Sizes, extra: Buffer): Sizes {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== ZIP_64_FIELD) continue
    const field = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2))
    let from = 0
    const next = (value: number): number => {
      if (value !== MAX_32 || from + 8 > field.length) return value
      from += 8
      return number64(field, from - 8)
    }
    return {
      bytes: next(sizes.bytes),
      compressedBytes: next(sizes.compressedBytes),
      offset: next(sizes.offset),
    }
  }
  return sizes
}

function nameOf(bytes: Buffer): string {
  const cut = bytes.subarray(0, LONGEST_NAME)
  return isUtf8(cut) ? cut.toString('utf8') : cut.toString('latin1')
}

const begins = (bytes: Buffer, record: { signature: number; bytes: number }): boolean =>
  bytes.length >= record.bytes && bytes.readUInt32LE(0) === record.signature

/** Beyond 2^53 there is no file: such numbers are told as too large for any. */
const number64 = (bytes: Buffer, at: number): number => Number(bytes.readBigUInt64LE(at))
