/** Bytes as they come; a chunk is only valid until the next is asked for. */
export type Chunks = AsyncIterable<Uint8Array>

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
  const first = joined(seen, length)
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

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
