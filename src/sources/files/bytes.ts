import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

export type Chunks = AsyncIterable<Uint8Array>

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

/** The beginning of a stream, and all of it. */
export interface Peeked {
  head: Uint8Array
  /** The stream ended inside of the head. */
  complete: boolean
  /** Everything from the first byte on; can be read once. */
  all(): Chunks
  /** Gives up on what was not read. */
  close(): Promise<void>
}

/** Reads up to `size` bytes ahead. */
export async function peek(chunks: Chunks, size: number): Promise<Peeked> {
  const iterator = chunks[Symbol.asyncIterator]()
  const close = async (): Promise<void> => {
    await iterator.return?.()
  }
  const seen: Uint8Array[] = []
  let length = 0
  let complete = false
  let broken: { error: unknown } | null = null
  while (length < size && !complete && broken === null) {
    try {
      const next = await iterator.next()
      if (next.done === true) complete = true
      else {
        seen.push(Uint8Array.from(next.value))
        length += next.value.length
      }
    } catch (error) {
      broken = { error }
    }
  }
  // What came before a stream broke off is evidence; where nothing came, there is only the error.
  if (broken !== null && length === 0) throw broken.error
  const first = Buffer.concat(seen)
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      if (first.length > 0) yield first
      if (broken !== null) throw broken.error
      for (;;) {
        const next = await iterator.next()
        if (next.done === true) return
        yield next.value
      }
    } finally {
      await close()
    }
  }
  return { head: first.subarray(0, size), complete: complete && length <= size, all, close }
}
