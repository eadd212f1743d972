import type { Transform } from 'node:stream'
import { constants, createGunzip, createZstdDecompress } from 'node:zlib'
import type { Chunks } from '../parsers/files/chunks.ts'
import { createInPlaceInflater } from '../sbom/archive/inflate-in-place.ts'
import type { InPlaceInflater } from '../sbom/archive/inflate-in-place.ts'
import type { Packing } from '../parsers/files/packing.ts'

/** The default of 16 KiB costs a third more time; more than this gains nothing. */
const CHUNK_BYTES = 256 * 1024
/** 32 MiB are held while it is unpacked, which is more than any builder of images asks for. */
const ZSTD_PARAMS = { [constants.ZSTD_d_windowLogMax]: 25 }

/**
 * The bytes that were packed; a piece is valid until the next. What breaks off yields what came before, and then throws an
 * error with a code of zlib.
 */
export function unpacked(chunks: Chunks, packing: Packing): AsyncGenerator<Buffer> {
  const inflater = createInPlaceInflater(packing)
  return inflater === null ? streamed(chunks, packing) : inPlace(chunks, inflater)
}

async function* inPlace(chunks: Chunks, inflater: InPlaceInflater): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of chunks) yield* inflater.take(chunk)
    inflater.finish()
  } finally {
    inflater.close()
  }
}

/** The same by the streams of Node, which cost more and give up between two frames of zstd. */
export async function* streamed(chunks: Chunks, packing: Packing): AsyncGenerator<Buffer> {
  const stream =
    packing === 'gzip'
      ? createGunzip({ chunkSize: CHUNK_BYTES })
      : createZstdDecompress({ chunkSize: CHUNK_BYTES, params: ZSTD_PARAMS })
  void feed(chunks, stream)
  try {
    for await (const chunk of stream) if (Buffer.isBuffer(chunk)) yield chunk
  } finally {
    stream.destroy()
  }
}

/** Waits until each chunk is used up, for its memory is filled anew with the next. */
async function feed(chunks: Chunks, stream: Transform): Promise<void> {
  try {
    for await (const chunk of chunks) {
      await new Promise<void>((resolve, reject) => {
        stream.write(chunk, (error) => {
          if (error) reject(error)
          else resolve()
        })
      })
    }
    stream.end()
  } catch (error) {
    stream.destroy(error instanceof Error ? error : new Error(String(error)))
  }
}
