import type { Transform } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import type { Chunks } from './bytes.ts'

export type Packing = 'gzip' | 'zstd'

/** RFC 1952 2.3.1, RFC 8878 3.1.1. The name is not asked: rotated logs are renamed, and uploads lose their suffix. */
export function packingOf(head: Uint8Array): Packing | null {
  if (head[0] === 0x1f && head[1] === 0x8b && head[2] === 8) return 'gzip'
  if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) return 'zstd'
  return null
}

/** The path of what is inside: the name that formats judge by. */
export function withoutPackingSuffix(path: string): string {
  return path.replace(/\.(?:gz|gzip|zst|zstd)$/i, '')
}

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
