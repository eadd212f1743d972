/**
 * The header of an installed package, as it comes: of headers of many megabytes (all files of a kernel) little is held.
 * https://rpm-software-management.github.io/rpm/manual/hregions.html and lib/header.c
 */
import { MAX_FIELD_BYTES } from '../distributions/package.ts'

/** lib/rpmtag.h */
const TAGS: ReadonlyMap<number, keyof RpmHeader> = new Map([
  [1000, 'name'],
  [1001, 'version'],
  [1002, 'release'],
  [1003, 'epoch'],
  [1014, 'license'],
  [1022, 'arch'],
  [1044, 'sourceRpm'],
  [5096, 'modularityLabel'],
])

export interface RpmHeader {
  name: string
  version: string
  release: string
  /** Empty where none is stated, which counts as 0. */
  epoch: string
  license: string
  arch: string
  /** `bash-5.1.8-9.el9.src.rpm` */
  sourceRpm: string
  /** `nodejs:18:8090020240301110609:a75119d5` */
  modularityLabel: string
}

interface Wanted {
  field: keyof RpmHeader
  type: number
  /** From the beginning of the header. */
  from: number
}

const INTRODUCTION_BYTES = 8
const ENTRY_BYTES = 16
const TYPE_INT32 = 4
/** Strings, lists of strings, and texts in several languages: the first is taken. */
const TYPES_OF_STRINGS = new Set([6, 8, 9])
/** lib/header.c has the same limits; no package comes near them. */
const MAX_ENTRIES = 0xffff
const MAX_DATA_BYTES = 256 * 1024 * 1024

/** Reads it out of pieces, in order. */
export class RpmHeaderReader {
  readonly #header: RpmHeader = {
    name: '',
    version: '',
    release: '',
    epoch: '',
    license: '',
    arch: '',
    sourceRpm: '',
    modularityLabel: '',
  }
  /** What the next step needs: the introduction, an entry, an epoch, or a string up to its end. */
  readonly #held = Buffer.alloc(MAX_FIELD_BYTES)
  #length = 0
  /** Of the byte that comes next. */
  #at = 0
  #entriesLeft = 0
  #dataFrom = INTRODUCTION_BYTES
  #wanted: Wanted[] = []
  #state: 'introduction' | 'entries' | 'data' | 'done' | 'damaged' = 'introduction'

  /** More is not needed. */
  get isDone(): boolean {
    return this.#state === 'done' || this.#state === 'damaged'
  }

  /** Null where these bytes are no header, or it is not whole. */
  get header(): RpmHeader | null {
    return this.#state === 'done' ? this.#header : null
  }

  push(bytes: Uint8Array): void {
    let from = 0
    while (from < bytes.length && !this.isDone) {
      from += this.#take(bytes.subarray(from))
    }
  }

  /** Takes up to what the step needs; says how many bytes. */
  #take(bytes: Uint8Array): number {
    const [next] = this.#wanted
    if (this.#state === 'data' && next !== undefined) return this.#takeData(bytes, next)
    const needed = this.#state === 'introduction' ? INTRODUCTION_BYTES : ENTRY_BYTES
    const taken = this.#hold(bytes, needed - this.#length)
    if (this.#length === needed) {
      if (this.#state === 'introduction') this.#readIntroduction()
      else this.#readEntry()
      this.#length = 0
    }
    return taken
  }

  #takeData(bytes: Uint8Array, next: Wanted): number {
    if (this.#at < next.from) return this.#skip(Math.min(bytes.length, next.from - this.#at))
    if (next.type === TYPE_INT32) {
      const taken = this.#hold(bytes, 4 - this.#length)
      if (this.#length === 4) {
        this.#have(next, String(this.#held.readUInt32BE()))
      }
      return taken
    }
    const end = bytes.indexOf(0)
    const text = end === -1 ? bytes : bytes.subarray(0, end)
    if (this.#length + text.length > this.#held.length) {
      this.#state = 'damaged'
      return 0
    }
    this.#hold(text, text.length)
    if (end === -1) return text.length
    this.#have(next, this.#held.toString('utf8', 0, this.#length))
    return text.length
  }

  #hold(bytes: Uint8Array, needed: number): number {
    const taken = bytes.subarray(0, needed)
    this.#held.set(taken, this.#length)
    this.#length += taken.length
    return this.#skip(taken.length)
  }

  #skip(count: number): number {
    this.#at += count
    return count
  }

  #readIntroduction(): void {
    const entries = this.#held.readUInt32BE()
    const dataBytes = this.#held.readUInt32BE(4)
    const isValid = entries > 0 && entries <= MAX_ENTRIES && dataBytes <= MAX_DATA_BYTES
    this.#entriesLeft = entries
    this.#dataFrom = INTRODUCTION_BYTES + entries * ENTRY_BYTES
    this.#state = isValid ? 'entries' : 'damaged'
  }

  #readEntry(): void {
    const field = TAGS.get(this.#held.readUInt32BE())
    const type = this.#held.readUInt32BE(4)
    const isWanted = field === 'epoch' ? type === TYPE_INT32 : TYPES_OF_STRINGS.has(type)
    if (field !== undefined && isWanted && !this.#wanted.some((one) => one.field === field)) {
      this.#wanted.push({ field, type, from: this.#dataFrom + this.#held.readUInt32BE(8) })
    }
    this.#entriesLeft--
    if (this.#entriesLeft > 0) return
    this.#wanted.sort((a, b) => a.from - b.from)
    this.#state = this.#wanted.length === 0 ? 'damaged' : 'data'
  }

  #have(wanted: Wanted, value: string): void {
    this.#header[wanted.field] = value
    this.#length = 0
    this.#wanted.shift()
    const [next] = this.#wanted
    if (next === undefined) this.#state = 'done'
    // Two that share their bytes: no rpm writes that.
    else if (next.from < this.#at) this.#state = 'damaged'
  }
}
