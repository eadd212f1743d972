import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

const CHUNK_BYTES = 64 * 1024

/**
 * The bytes of a file, in one memory that is filled anew: a chunk is only valid until the next is asked for.
 *
 * Files of procfs such as /proc/kmsg block until something comes; O_NONBLOCK makes them say so instead. A named pipe is
 * opened without it: before its writer is there it would look empty.
 */
export async function* fileChunks(path: string, pipe: boolean): AsyncGenerator<Uint8Array> {
  await using file = await open(path, constants.O_RDONLY | (pipe ? 0 : constants.O_NONBLOCK))
  const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, null)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
  }
}
