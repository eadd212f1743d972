/** Takes bytes from chunks, as many as are asked for. A view that is given out is valid until the next call. */
export class ByteReader {
  /** Bytes taken since the beginning. */
  position = 0
  readonly #chunks: AsyncIterator<Uint8Array>
  #rest: Uint8Array = new Uint8Array(0)
  #isDone = false

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** A copy of the next bytes; fewer only at the end. */
  async exactly(length: number): Promise<Buffer> {
    const bytes = Buffer.alloc(length)
    return bytes.subarray(0, await this.fill(bytes))
  }

  /** Copies the next bytes into memory, and gives how many: fewer than fit only at the end. */
  async fill(bytes: Buffer): Promise<number> {
    let filled = 0
    while (filled < bytes.length) {
      const some = await this.some(bytes.length - filled)
      if (some.length === 0) break
      bytes.set(some, filled)
      filled += some.length
    }
    return filled
  }

  /** Up to so many of the next bytes, without a copy; none at the end. */
  async some(atMost: number): Promise<Uint8Array> {
    while (this.#rest.length === 0 && !this.#isDone) {
      const next = await this.#chunks.next()
      if (next.done === true) this.#isDone = true
      else this.#rest = next.value
    }
    const given = this.#rest.subarray(0, atMost)
    this.#rest = this.#rest.subarray(given.length)
    this.position += given.length
    return given
  }

  /** Passes over bytes; false where it ends before. */
  async skip(length: number): Promise<boolean> {
    let left = length
    while (left > 0) {
      const some = await this.some(left)
      if (some.length === 0) return false
      left -= some.length
    }
    return true
  }

  async close(): Promise<void> {
    this.#isDone = true
    await this.#chunks.return?.()
  }
}
