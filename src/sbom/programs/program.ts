/** What programs of all systems have in common: named parts of a file that lie at addresses when they run. */
import type { RandomFile } from '../cataloger.ts'
import { bytesAt } from '../random-file.ts'

export interface Part {
  name: string
  /** Where it lies in memory. Above 2^53, as in kernels, it is rounded. */
  address: number
  /** Where it lies in the file, and how many bytes of the file it has. */
  at: number
  bytes: number
  /** It may be written to, and holds no code. */
  isData: boolean
}

export interface Program {
  file: RandomFile
  /** Of its numbers. */
  isBig: boolean
  /** Its addresses have 64 bits, not 32. */
  isLarge: boolean
  /** What linkers give names to; none in a program without a section table. */
  sections: readonly Part[]
  /** What is put into memory. */
  segments: readonly Part[]
}

/** More than any linker makes. */
export const MAX_PARTS = 10_000

/** Bytes of a program with their order, of which all may be missing: what is beyond the end is 0. */
export class Fields {
  readonly #bytes: Buffer
  readonly #isBig: boolean

  constructor(file: RandomFile, at: number, length: number, isBig: boolean) {
    this.#bytes = Buffer.alloc(length)
    this.#bytes.set(bytesAt(file, at, length))
    this.#isBig = isBig
  }

  u16(at: number): number {
    return this.#isBig ? this.#bytes.readUInt16BE(at) : this.#bytes.readUInt16LE(at)
  }

  u32(at: number): number {
    return this.#isBig ? this.#bytes.readUInt32BE(at) : this.#bytes.readUInt32LE(at)
  }

  u64(at: number): number {
    return Number(this.#isBig ? this.#bytes.readBigUInt64BE(at) : this.#bytes.readBigUInt64LE(at))
  }

  /** An address, or the size of something in memory. */
  word(at: number, isLarge: boolean): number {
    return isLarge ? this.u64(at) : this.u32(at)
  }

  /** Up to the first zero. */
  text(at: number, length: number): string {
    const field = this.#bytes.subarray(at, at + length)
    const end = field.indexOf(0)
    return field.toString('latin1', 0, end === -1 ? field.length : end)
  }
}

/** The first of that name. */
export function sectionOf(program: Program, name: string): Part | null {
  return program.sections.find((section) => section.name === name) ?? null
}

/** Up to `length` bytes that lie at an address; fewer where the part ends, none where there is no such address. */
export function readAt(program: Program, address: number, length: number): Buffer {
  const part = program.segments.find(
    (segment) => segment.address <= address && address < segment.address + segment.bytes,
  )
  if (part === undefined) return Buffer.alloc(0)
  const from = address - part.address
  return bytesAt(program.file, part.at + from, Math.min(length, part.bytes - from))
}
