import { open } from 'node:fs/promises'
import { unreadable } from './trouble.ts'

const CHUNK_BYTES = 256 * 1024

/**
 * The bytes of a file, or of a part of it, in one buffer that is used again: a chunk is valid until the next.
 *
 * @param part null: all of it, which may also be a pipe
 * @throws StellaError 3
 */
export async function* fileChunks(
  path: string,
  part: { offset: number; length: number } | null,
): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw unreadable(error, path)
  })
  try {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
    let left = part?.length ?? Number.POSITIVE_INFINITY
    let at = part?.offset ?? null
    while (left > 0) {
      const { bytesRead } = await file
        .read(buffer, 0, Math.min(CHUNK_BYTES, left), at)
        .catch((error: unknown) => {
          throw unreadable(error, path)
        })
      if (bytesRead === 0) return
      left -= bytesRead
      if (at !== null) at += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}
