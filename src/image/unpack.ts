import type { Transform } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import type { Chunks } from '../parsers/files/chunks.ts'
import type { Packing } from '../parsers/files/packing.ts'

/** The bytes that were packed. A stream that breaks off yields what came before, and then throws. */
export async function* unpacked(chunks: Chunks, packing: Packing): AsyncGenerator<Uint8Array> {
  const stream = packing === 'gzip' ? createGunzip() : createZstdDecompress()
  void feed(chunks, stream)
  try {
    for await (const chunk of stream) if (chunk instanceof Uint8Array) yield chunk
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
