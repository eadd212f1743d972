/** Programs of macOS. https://github.com/apple-oss-distributions/xnu/blob/main/EXTERNAL_HEADERS/mach-o/loader.h */
import type { RandomFile } from '../cataloger.ts'
import { rangeOf } from '../random-file.ts'
import { Fields, MAX_PARTS, type Part, type Program } from './program.ts'

const MAGIC_32 = 0xfe_ed_fa_ce
const MAGIC_64 = 0xfe_ed_fa_cf
const FAT_32 = 0xca_fe_ba_be
const FAT_64 = 0xca_fe_ba_bf
/** A class file of Java begins like a fat program of at least 45 architectures: that is its version. */
const MAX_ARCHITECTURES = 44
const MAX_COMMANDS_BYTES = 4 * 1024 * 1024
const READ_AND_WRITE = 3

/** Where fields stand in commands of 32 and of 64 bits. */
const LAYOUTS = {
  small: {
    headerBytes: 28,
    command: 1,
    segment: { bytes: 56, address: 24, at: 32, size: 36, protection: 40, sections: 48 },
    section: { bytes: 68, address: 32, size: 36, at: 40 },
  },
  large: {
    headerBytes: 32,
    command: 0x19,
    segment: { bytes: 72, address: 24, at: 40, size: 48, protection: 56, sections: 64 },
    section: { bytes: 80, address: 32, size: 40, at: 48 },
  },
} as const

/** One for each architecture; none where it is no such program. */
export function openMachO(file: RandomFile): Program[] {
  const start = new Fields(file, 0, 8, true)
  const magic = start.u32(0)
  if (magic !== FAT_32 && magic !== FAT_64) return thin(file)
  const count = start.u32(4)
  if (count > MAX_ARCHITECTURES) return []
  const isLarge = magic === FAT_64
  const entryBytes = isLarge ? 32 : 20
  return Array.from({ length: count }).flatMap((_, index) => {
    const entry = new Fields(file, 8 + index * entryBytes, entryBytes, true)
    const at = isLarge ? entry.u64(8) : entry.u32(8)
    const bytes = isLarge ? entry.u64(16) : entry.u32(12)
    return at + bytes > file.size ? [] : thin(rangeOf(file, file.path, at, bytes))
  })
}

function thin(file: RandomFile): Program[] {
  const magics = [true, false].map((isBig) => new Fields(file, 0, 4, isBig).u32(0))
  const which = magics.findIndex((magic) => magic === MAGIC_32 || magic === MAGIC_64)
  if (which === -1) return []
  const isBig = which === 0
  const isLarge = magics[which] === MAGIC_64
  const layout = isLarge ? LAYOUTS.large : LAYOUTS.small
  const header = new Fields(file, 0, layout.headerBytes, isBig)
  const segments: Part[] = []
  const sections: Part[] = []
  let at: number = layout.headerBytes
  const end = at + Math.min(header.u32(20), MAX_COMMANDS_BYTES, file.size)
  for (let index = 0; index < Math.min(header.u32(16), MAX_PARTS) && at < end; index++) {
    const command = new Fields(file, at, layout.segment.bytes, isBig)
    if (command.u32(0) === layout.command) {
      segments.push(segmentOf(command, layout))
      const count = Math.min(command.u32(layout.segment.sections), MAX_PARTS - sections.length)
      for (let which = 0; which < count; which++) {
        const from = at + layout.segment.bytes + which * layout.section.bytes
        if (from >= end) break
        sections.push(sectionOf(new Fields(file, from, layout.section.bytes, isBig), layout))
      }
    }
    at += Math.max(8, command.u32(4))
  }
  return [{ file, isBig, isLarge, sections, segments }]
}

type Layout = (typeof LAYOUTS)[keyof typeof LAYOUTS]

function segmentOf(command: Fields, { segment, command: code }: Layout): Part {
  const word = (at: number): number => command.word(at, code === LAYOUTS.large.command)
  const name = command.text(8, 16)
  const protections = [segment.protection, segment.protection + 4].map((at) => command.u32(at))
  return {
    name,
    address: word(segment.address),
    at: word(segment.at),
    bytes: word(segment.size),
    isData: protections.every((protection) => protection === READ_AND_WRITE),
  }
}

function sectionOf(fields: Fields, { section, command: code }: Layout): Part {
  const word = (at: number): number => fields.word(at, code === LAYOUTS.large.command)
  return {
    name: fields.text(0, 16),
    address: word(section.address),
    at: fields.u32(section.at),
    bytes: word(section.size),
    isData: false,
  }
}
