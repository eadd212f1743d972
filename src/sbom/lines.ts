/** Lines out of chunks: at most one is held, and never more of it than a cap. */
const LINE_FEED = 0x0a

export class LineSplitter {
  readonly #each: (line: Uint8Array, isCut: boolean) => void
  /** The beginning of a line whose end has not come yet. */
  readonly #kept: Uint8Array
  #length = 0
  #isCut = false

  /**
   * Of longer lines than `maxBytes` only the beginning is given.
   *
   * @param each Called with every line, without its line feed; the bytes are valid until it returns.
   */
  constructor(maxBytes: number, each: (line: Uint8Array, isCut: boolean) => void) {
    this.#kept = new Uint8Array(maxBytes)
    this.#each = each
  }

  push(chunk: Uint8Array): void {
    let from = 0
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, from)
      if (end === -1) {
        this.#keep(chunk.subarray(from))
        return
      }
      if (this.#length > 0 || end - from > this.#kept.length) {
        this.#keep(chunk.subarray(from, end))
        this.#give()
      } else {
        this.#each(chunk.subarray(from, end), false)
      }
      from = end + 1
    }
  }

  /** Gives the last line, where no line feed ends it. */
  finish(): void {
    if (this.#length > 0) this.#give()
  }

  #keep(bytes: Uint8Array): void {
    const room = this.#kept.length - this.#length
    if (bytes.length > room) this.#isCut = true
    this.#kept.set(bytes.subarray(0, room), this.#length)
    this.#length += Math.min(bytes.length, room)
  }

  #give(): void {
    this.#each(this.#kept.subarray(0, this.#length), this.#isCut)
    this.#length = 0
    this.#isCut = false
  }
}
