/** Programs of Windows. https://learn.microsoft.com/windows/win32/debug/pe-format */
import type { RandomFile } from '../cataloger.ts'
import { Fields, MAX_PARTS, type Part, type Program } from './program.ts'

const DOS = { magic: 0x5a_4d, bytes: 64, newHeaderAt: 60 }
const MAGIC = 0x00_00_45_50
/** The magic number, then the COFF header. */
const HEADER_BYTES = 24
const OPTIONAL = { bytes: 32, magic64: 0x2_0b, base32: 28, base64: 24 }
const SECTION_BYTES = 40

const ALIGNMENT = 0x00_f0_00_00
/** Initialised data that may be read and written. */
const DATA = (0x40 | 0x40_00_00_00 | 0x80_00_00_00) >>> 0

/** Null where it is none. */
export function openPe(file: RandomFile): Program | null {
  const dos = new Fields(file, 0, DOS.bytes, false)
  if (dos.u16(0) !== DOS.magic) return null
  const headerAt = dos.u32(DOS.newHeaderAt)
  const header = new Fields(file, headerAt, HEADER_BYTES, false)
  if (header.u32(0) !== MAGIC) return null
  const count = Math.min(header.u16(6), MAX_PARTS)
  const optionalAt = headerAt + HEADER_BYTES
  const optional = new Fields(file, optionalAt, OPTIONAL.bytes, false)
  const isLarge = optional.u16(0) === OPTIONAL.magic64
  const base = optional.word(isLarge ? OPTIONAL.base64 : OPTIONAL.base32, isLarge)
  const sectionsAt = optionalAt + header.u16(20)
  const sections: Part[] = []
  for (let index = 0; index < count; index++) {
    const at = sectionsAt + index * SECTION_BYTES
    if (at >= file.size) break
    const fields = new Fields(file, at, SECTION_BYTES, false)
    sections.push({
      name: fields.text(0, 8),
      address: base + fields.u32(12),
      at: fields.u32(20),
      bytes: fields.u32(16),
      isData: (fields.u32(36) & ~ALIGNMENT) >>> 0 === DATA,
    })
  }
  return { file, isBig: false, isLarge, sections, segments: sections }
}
