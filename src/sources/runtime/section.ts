import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { Question } from '../../model/question.ts'
import { problemOf } from '../reader.ts'
import type { Reader } from '../reader.ts'
import type { Reply } from './reply.ts'

/** Of a section that is searched: the rest is not looked at. */
const MAX_SEARCHED_BYTES = 64 * 1024 * 1024
const CHUNK_BYTES = 1024 * 1024
/** A program has some 40. */
const MAX_SECTIONS = 1024
const MAX_NAMES_BYTES = 64 * 1024

/** Sizes and places in the headers of a 64-bit ELF file (elf(5)). */
const FILE_HEADER_BYTES = 64
const SECTION_HEADER_BYTES = 64

/**
 * Bytes of a section of the program that a process runs, as Latin-1 text, one character a byte. The file is only read, and of it
 * little more than what is asked for.
 */
export function readSection(
  reader: Reader,
  pid: number,
  { name, mark, maxBytes }: Omit<Extract<Question, { kind: 'section' }>, 'id' | 'kind'>,
): Reply {
  const path = `/proc/${pid}/exe`
  let file: number
  try {
    file = openSync(join(reader.root, path), 'r')
  } catch (error) {
    const { kind, code } = problemOf(error)
    const why = kind === 'denied' ? 'it needs root or CAP_SYS_PTRACE' : code
    return { ok: false, why: `${path} may not be read: ${why}` }
  }
  try {
    const section = findSection(file, name)
    if (section === null) return { ok: false, why: `${path} has no section ${name}` }
    const start = mark === null ? 0 : placeOf(file, section, mark)
    if (start === null) return { ok: false, why: `${name} of ${path} does not say it` }
    const length = Math.min(maxBytes, section.size - start)
    const text = bytesAt(file, section.offset + start, length).toString('latin1')
    return { ok: true, text, truncated: section.size - start > maxBytes }
  } catch (error) {
    return { ok: false, why: `${path} could not be read: ${problemOf(error).code}` }
  } finally {
    closeSync(file)
  }
}

interface Section {
  offset: number
  size: number
}

/** Null also for what is no 64-bit little-endian ELF file. */
function findSection(file: number, name: string): Section | null {
  const header = bytesAt(file, 0, FILE_HEADER_BYTES)
  if (header.length < FILE_HEADER_BYTES || header.toString('latin1', 0, 6) !== '\x7fELF\x02\x01') {
    return null
  }
  const tableAt = offsetAt(header, 0x28)
  if (tableAt === null || header.readUInt16LE(0x3a) !== SECTION_HEADER_BYTES) return null
  const count = Math.min(header.readUInt16LE(0x3c), MAX_SECTIONS)
  const table = bytesAt(file, tableAt, count * SECTION_HEADER_BYTES)
  const names = sectionAt(table, header.readUInt16LE(0x3e))
  if (names === null) return null
  const text = bytesAt(file, names.offset, Math.min(names.size, MAX_NAMES_BYTES))
  for (let at = 0; at + SECTION_HEADER_BYTES <= table.length; at += SECTION_HEADER_BYTES) {
    const nameAt = table.readUInt32LE(at)
    if (text.toString('latin1', nameAt, nameAt + name.length + 1) !== `${name}\0`) continue
    return sectionAt(table, at / SECTION_HEADER_BYTES)
  }
  return null
}

function sectionAt(table: Buffer, index: number): Section | null {
  const at = index * SECTION_HEADER_BYTES
  if (at + SECTION_HEADER_BYTES > table.length) return null
  const offset = offsetAt(table, at + 0x18)
  const size = offsetAt(table, at + 0x20)
  return offset === null || size === null ? null : { offset, size }
}

/** Null: no file reaches so far. */
function offsetAt(bytes: Buffer, at: number): number | null {
  const value = bytes.readBigUInt64LE(at)
  return value > 2n ** 48n ? null : Number(value)
}

function placeOf(file: number, section: Section, mark: string): number | null {
  const end = Math.min(section.size, MAX_SEARCHED_BYTES)
  // Chunks overlap, so that a mark on the border of two is found.
  for (let at = 0; at < end; at += CHUNK_BYTES) {
    const length = Math.min(CHUNK_BYTES + mark.length - 1, section.size - at)
    const chunk = bytesAt(file, section.offset + at, length)
    const found = chunk.indexOf(mark, 0, 'latin1')
    if (found !== -1) return at + found
    if (chunk.length < length) return null
  }
  return null
}

/** Fewer where the file ends. */
function bytesAt(file: number, offset: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length)
  return bytes.subarray(0, readSync(file, bytes, 0, length, offset))
}
