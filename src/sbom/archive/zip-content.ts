/** What the entries of a zip archive hold, never more than was asked for. */
import { Readable } from 'node:stream'
import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib'
import { formatBytes } from '../../model/bytes.ts'
import type { RandomFile } from '../cataloger.ts'
import { bytesAt, rangeOf } from '../random-file.ts'
import type { ZipDirectory, ZipEntry } from './zip.ts'

const LOCAL = { signature: 0x04_03_4b_50, bytes: 30 }
const STORED = 0
const DEFLATED = 8
const CHUNK_BYTES = 64 * 1024

/** One sentence without a full stop, which names the entry. */
export interface Unreadable {
  problem: string
}

/** Where the bytes of an entry lie as they are stored. */
interface Place {
  at: number
  bytes: number
}

/** An entry as a whole; it is not read where it is larger than `maxBytes`. */
export function zipContent(
  file: RandomFile,
  directory: ZipDirectory,
  entry: ZipEntry,
  maxBytes: number,
): Uint8Array | Unreadable {
  const place = placeOf(file, directory, entry)
  if ('problem' in place) return place
  // What does not become smaller by deflating grows by a few bytes for each 16 KiB.
  if (entry.bytes > maxBytes || place.bytes > maxBytes + 1024) return tooLarge(entry, maxBytes)
  const stored = bytesAt(file, place.at, place.bytes)
  try {
    const content =
      entry.method === STORED
        ? stored
        : inflateRawSync(stored, {
            maxOutputLength: Math.max(1, entry.bytes),
            chunkSize: Math.max(64, entry.bytes),
          })
    return crc32(content) === entry.checksum ? content : damaged(entry)
  } catch {
    return damaged(entry)
  }
}

/** A stored entry as a file of its own, without copying it; null where it is deflated. */
export function zipRange(
  file: RandomFile,
  directory: ZipDirectory,
  entry: ZipEntry,
): RandomFile | Unreadable | null {
  const place = placeOf(file, directory, entry)
  if ('problem' in place) return place
  return entry.method === STORED ? rangeOf(file, entry.name, place.at, place.bytes) : null
}

/** The inflated bytes of an entry. It ends early, with a problem, where they are damaged. */
export class ZipStream implements AsyncIterable<Uint8Array> {
  /** Known when the iteration has ended. */
  problem: string | null = null
  /** So far, in bytes. */
  inflated = 0

  readonly #file: RandomFile
  readonly #entry: ZipEntry
  readonly #place: Place | Unreadable

  constructor(file: RandomFile, directory: ZipDirectory, entry: ZipEntry) {
    this.#file = file
    this.#entry = entry
    this.#place = placeOf(file, directory, entry)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const place = this.#place
    if ('problem' in place) {
      this.problem = place.problem
      return
    }
    if (this.#entry.method === STORED) {
      for (const chunk of this.#stored(place)) {
        this.inflated += chunk.length
        yield chunk
      }
      return
    }
    const inflater = createInflateRaw({ chunkSize: CHUNK_BYTES })
    const source = Readable.from(this.#stored(place))
    source.pipe(inflater)
    try {
      for await (const chunk of inflater) {
        if (!(chunk instanceof Uint8Array)) continue
        this.inflated += chunk.length
        yield chunk
      }
    } catch {
      this.problem = damaged(this.#entry).problem
    } finally {
      source.destroy()
      inflater.destroy()
    }
  }

  *#stored(place: Place): Generator<Uint8Array> {
    for (let at = 0; at < place.bytes; at += CHUNK_BYTES) {
      const length = Math.min(CHUNK_BYTES, place.bytes - at)
      yield bytesAt(this.#file, place.at + at, length)
    }
  }
}

function placeOf(file: RandomFile, directory: ZipDirectory, entry: ZipEntry): Place | Unreadable {
  if (entry.isEncrypted) return { problem: `${entry.name} is encrypted` }
  if (entry.method !== STORED && entry.method !== DEFLATED) {
    return { problem: `${entry.name} is compressed by method ${entry.method}, which is not known` }
  }
  if (entry.at + LOCAL.bytes > directory.at) return damaged(entry)
  const header = bytesAt(file, entry.at, LOCAL.bytes)
  if (header.length < LOCAL.bytes || header.readUInt32LE(0) !== LOCAL.signature) {
    return damaged(entry)
  }
  // Its name and extra fields may differ from those of the directory.
  const at = entry.at + LOCAL.bytes + header.readUInt16LE(26) + header.readUInt16LE(28)
  const bytes = entry.compressedBytes
  return at + bytes > directory.at ? damaged(entry) : { at, bytes }
}

const damaged = (entry: ZipEntry): Unreadable => ({ problem: `${entry.name} is damaged` })

function tooLarge(entry: ZipEntry, maxBytes: number): Unreadable {
  return { problem: `${entry.name} is larger than ${formatBytes(maxBytes)}` }
}
