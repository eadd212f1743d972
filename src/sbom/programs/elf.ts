/** Programs of Linux. elf(5) */
import type { RandomFile } from '../cataloger.ts'
import { bytesAt } from '../random-file.ts'
import { Fields, MAX_PARTS, type Part, type Program } from './program.ts'

const MAGIC = 0x7f_45_4c_46
const IDENTIFICATION_BYTES = 16
const LOADED = 1
const EXECUTABLE = 1
const WRITABLE = 2
/** A section without bytes in the file. */
const NO_BITS = 8
const EXTENDED_INDEX = 0xff_ff
const MAX_NAMES_BYTES = 1024 * 1024
const LONGEST_NAME = 64

/** Where fields stand in headers of 32 and of 64 bits. */
const LAYOUTS = {
  small: {
    header: { bytes: 52, segmentsAt: 28, sectionsAt: 32, sizes: 42 },
    segment: { bytes: 32, at: 4, address: 8, inFile: 16, flags: 24 },
    section: { bytes: 40, address: 12, at: 16, size: 20, link: 24 },
  },
  large: {
    header: { bytes: 64, segmentsAt: 32, sectionsAt: 40, sizes: 54 },
    segment: { bytes: 56, at: 8, address: 16, inFile: 32, flags: 4 },
    section: { bytes: 64, address: 16, at: 24, size: 32, link: 40 },
  },
} as const

type Elf = Pick<Program, 'file' | 'isBig' | 'isLarge'>

/** Null where it is none. */
export function openElf(file: RandomFile): Program | null {
  const identification = bytesAt(file, 0, IDENTIFICATION_BYTES)
  if (identification.length < IDENTIFICATION_BYTES) return null
  if (identification.readUInt32BE(0) !== MAGIC) return null
  const isLarge = identification[4] === 2
  const isBig = identification[5] === 2
  const elf = { file, isBig, isLarge }
  const { header } = layoutOf(elf)
  const fields = new Fields(file, 0, header.bytes, isBig)
  const word = (at: number): number => fields.word(at, isLarge)
  const table = (at: number, sizes: number): Table => ({
    at: word(at),
    entryBytes: fields.u16(header.sizes + sizes),
    count: fields.u16(header.sizes + sizes + 2),
  })
  const namesIndex = fields.u16(header.sizes + 8)
  return {
    ...elf,
    segments: segmentsOf(elf, table(header.segmentsAt, 0)),
    sections: sectionsOf(elf, table(header.sectionsAt, 4), namesIndex),
  }
}

const layoutOf = ({ isLarge }: Elf) => (isLarge ? LAYOUTS.large : LAYOUTS.small)

interface Table {
  at: number
  entryBytes: number
  count: number
}

function* entriesOf(elf: Elf, { at, entryBytes, count }: Table, bytes: number): Generator<Fields> {
  if (entryBytes < bytes) return
  for (let index = 0; index < Math.min(count, MAX_PARTS); index++) {
    const from = at + index * entryBytes
    if (from >= elf.file.size) return
    yield new Fields(elf.file, from, bytes, elf.isBig)
  }
}

function segmentsOf(elf: Elf, table: Table): Part[] {
  const { segment } = layoutOf(elf)
  const parts: Part[] = []
  for (const fields of entriesOf(elf, table, segment.bytes)) {
    if (fields.u32(0) !== LOADED) continue
    const word = (at: number): number => fields.word(at, elf.isLarge)
    const flags = fields.u32(segment.flags)
    parts.push({
      name: '',
      address: word(segment.address),
      at: word(segment.at),
      bytes: word(segment.inFile),
      isData: (flags & (EXECUTABLE | WRITABLE)) === WRITABLE,
    })
  }
  return parts
}

function sectionsOf(elf: Elf, table: Table, namesIndex: number): Part[] {
  const { section } = layoutOf(elf)
  if (table.at === 0 || table.entryBytes < section.bytes) return []
  // Numbers that do not fit into the header stand in the first section, which is none.
  const first = new Fields(elf.file, table.at, section.bytes, elf.isBig)
  const firstSize = first.word(section.size, elf.isLarge)
  const count = table.count === 0 ? firstSize : table.count
  const names = namesIndex === EXTENDED_INDEX ? first.u32(section.link) : namesIndex
  const places: (Part & { nameAt: number })[] = []
  for (const fields of entriesOf(elf, { ...table, count }, section.bytes)) {
    const word = (at: number): number => fields.word(at, elf.isLarge)
    const hasBytes = fields.u32(4) !== NO_BITS
    places.push({
      name: '',
      nameAt: fields.u32(0),
      address: word(section.address),
      at: word(section.at),
      bytes: hasBytes ? word(section.size) : 0,
      isData: false,
    })
  }
  const named = places[names]
  if (named === undefined) return []
  const texts = bytesAt(elf.file, named.at, Math.min(named.bytes, MAX_NAMES_BYTES))
  return places.map(({ nameAt, ...part }) => ({ ...part, name: nameIn(texts, nameAt) }))
}

function nameIn(texts: Buffer, at: number): string {
  const longest = texts.subarray(at, at + LONGEST_NAME)
  const end = longest.indexOf(0)
  return longest.toString('latin1', 0, end === -1 ? longest.length : end)
}
