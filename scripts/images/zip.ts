/** Writes zip archives without compression, as streams: jars, and jars in jars. */
import { crc32 } from 'node:zlib'
import type { LongBody } from './tar.ts'

export interface ZipMember {
  name: string
  body: Uint8Array | LongBody
}

/** 2023-11-14, in the days of MS-DOS. */
const DOS_DATE = ((2023 - 1980) << 9) | (11 << 5) | 14
const LOCAL_BYTES = 30
const CENTRAL_BYTES = 46
const END_BYTES = 22

/** Bodies are made twice: for their checksum, and when they are written. Below 4 GiB. */
export function zipOf(members: readonly ZipMember[]): LongBody {
  let bytes = END_BYTES
  for (const { name, body } of members) {
    bytes += LOCAL_BYTES + CENTRAL_BYTES + 2 * Buffer.byteLength(name) + lengthOf(body)
  }
  return { bytes, chunks: () => written(members) }
}

/** For small ones. */
export function zipBytes(members: readonly ZipMember[]): Buffer {
  return Buffer.concat([...zipOf(members).chunks()])
}

function* written(members: readonly ZipMember[]): Generator<Uint8Array> {
  const central: Buffer[] = []
  let offset = 0
  for (const { name, body } of members) {
    const size = lengthOf(body)
    let sum = 0
    for (const chunk of chunksOf(body)) sum = crc32(chunk, sum)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(DOS_DATE, 8)
    common.writeUInt32LE(sum, 10)
    common.writeUInt32LE(size, 14)
    common.writeUInt32LE(size, 18)
    common.writeUInt16LE(Buffer.byteLength(name), 22)
    yield Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name)])
    yield* chunksOf(body)
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    central.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), common, place, Buffer.from(name)]))
    offset += LOCAL_BYTES + Buffer.byteLength(name) + size
  }
  const directory = Buffer.concat(central)
  yield directory
  const end = Buffer.alloc(END_BYTES)
  end.write('PK\x05\x06')
  end.writeUInt16LE(members.length, 8)
  end.writeUInt16LE(members.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  yield end
}

function lengthOf(body: Uint8Array | LongBody): number {
  return body instanceof Uint8Array ? body.length : body.bytes
}

function chunksOf(body: Uint8Array | LongBody): Iterable<Uint8Array> {
  return body instanceof Uint8Array ? [body] : body.chunks()
}
