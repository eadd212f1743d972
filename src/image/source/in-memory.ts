/** A layer as it is stored, all of it in memory that threads share. */
import { usageError } from '../../model/errors.ts'
import { fileChunks } from './file-chunks.ts'
import type { BlobPlace } from './image.ts'

/**
 * @param sizeBytes as it is stated; null: it is found out
 * @throws StellaError 2 where there is more than was stated, 3 where it cannot be had
 */
export async function inMemory(
  blob: Extract<BlobPlace, { kind: 'file' | 'stream' }>,
  sizeBytes: number | null,
  signal: AbortSignal,
): Promise<Uint8Array<SharedArrayBuffer>> {
  const chunks = blob.kind === 'file' ? fileChunks(blob.path, blob) : blob.open(signal)
  let bytes = new Uint8Array(new SharedArrayBuffer(sizeBytes ?? FIRST_BYTES))
  let filled = 0
  for await (const chunk of chunks) {
    if (filled + chunk.length > bytes.length) {
      if (sizeBytes !== null)
        throw usageError('it is longer than it is said to be', null, 'build it again')
      const larger = new Uint8Array(new SharedArrayBuffer(2 * (filled + chunk.length)))
      larger.set(bytes.subarray(0, filled))
      bytes = larger
    }
    bytes.set(chunk, filled)
    filled += chunk.length
  }
  return bytes.subarray(0, filled)
}

const FIRST_BYTES = 1024 * 1024
