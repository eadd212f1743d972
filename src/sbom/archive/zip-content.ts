/** What the entries of a zip archive hold, never more than was asked for. */
import { Readable } from 'node:stream'
import { crc32, createGunzip } from 'node:zlib'
import { formatBytes } from '../../model/bytes.ts'
import type { RandomFile } from '../cataloger.ts'
import { bytesAt, rangeOf } from '../random-file.ts'
import { createInPlaceInflater } from './inflate-in-place.ts'
import { createSpareBuffer } from './spare-buffer.ts'
import type { ZipDirectory, ZipEntry } from './zip.ts'

const LOCAL = { signature: 0x04_03_4b_50, bytes: 30 }
const STORED = 0
const DEFLATED = 8
const CHUNK_BYTES = 32 * 1024
/** Deflated, without a name or a time, of an unknown system. */
const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])

/** One sentence without a full stop, which names the entry. */
export interface Unreadable {
  problem: string
}

/** Where the bytes of an entry lie as they are stored. */
interface Place {
  at: number
  bytes: number
}

/** An entry as a whole, as a part of `into`; it is not read where it is larger. */
export async function zipContent(
  file: RandomFile,
  directory: ZipDirectory,
  entry: ZipEntry,
  into: Buffer,
): Promise<Buffer | Unreadable> {
  if (entry.bytes > into.length) {
    return { problem: `${entry.name} is larger than ${formatBytes(into.length)}` }
  }
  const beginning = await zipBeginning(file, directory, entry, into)
  if ('problem' in beginning) return beginning
  const isWhole = beginning.length === entry.bytes && crc32(beginning) === entry.checksum
  return isWhole ? beginning : damaged(entry)
}

/** As much of an entry as fits into `into`. */
export async function zipBeginning(
  file: RandomFile,
  directory: ZipDirectory,
  entry: ZipEntry,
  into: Buffer,
): Promise<Buffer | Unreadable> {
  const stream = new ZipStream(file, directory, entry)
  let length = 0
  for await (const chunk of stream) {
    const room = into.length - length
    into.set(chunk.subarray(0, room), length)
    length += Math.min(room, chunk.length)
    if (chunk.length >= room) break
  }
  return stream.problem === null ? into.subarray(0, length) : { problem: stream.problem }
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

/** The inflated bytes of an entry; chunks are valid until the next. It ends early, with a problem, where they are damaged. */
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
    const isStored = this.#entry.method === STORED
    const chunks = isStored ? this.#stored(place) : gunzipped(this.#asGzip(place))
    try {
      for await (const chunk of chunks) {
        this.inflated += chunk.length
        yield chunk
      }
    } catch {
      this.problem = damaged(this.#entry).problem
    }
  }

  *#stored(place: Place): Generator<Uint8Array> {
    for (let at = 0; at < place.bytes; at += CHUNK_BYTES) {
      const length = Math.min(CHUNK_BYTES, place.bytes - at)
      yield this.#file.read(place.at + at, length)
    }
  }

  /** What zip and gzip deflate is the same, and both know its sum and its length. RFC 1952 */
  *#asGzip(place: Place): Generator<Uint8Array> {
    yield GZIP_HEADER
    yield* this.#stored(place)
    const trailer = Buffer.alloc(8)
    trailer.writeUInt32LE(this.#entry.checksum, 0)
    trailer.writeUInt32LE(this.#entry.bytes % 2 ** 32, 4)
    yield trailer
  }
}

const outputs = createSpareBuffer(CHUNK_BYTES)

async function* gunzipped(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const output = outputs.take()
  const inflater = createInPlaceInflater('gzip', output)
  try {
    if (inflater === null) yield* streamed(chunks)
    else {
      for (const chunk of chunks) yield* inflater.take(chunk)
      inflater.finish()
    }
  } finally {
    inflater?.close()
    outputs.giveBack(output)
  }
}

/** Streams keep chunks for a while. */
async function* streamed(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const copies = (function* () {
    for (const chunk of chunks) yield Buffer.from(chunk)
  })()
  for await (const chunk of Readable.from(copies).compose(createGunzip())) yield chunk
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
