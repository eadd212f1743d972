import { MAX_LINE_CHARS } from './lines.ts'

/**
 * Cuts a stream of bytes into pieces of whole lines, which are much faster to search than lines one by one. The rest of a line
 * that is longer than {@link MAX_LINE_CHARS} is skipped, so that memory stays bounded.
 */
export class WholeLines {
  readonly #take: (text: string) => void
  readonly #decoder = new TextDecoder()
  /** The beginning of a line whose end is still to come. */
  #carry = ''
  #skipping = false

  /** @param take gets whole lines, each with its newline, but for the last one of the text */
  constructor(take: (text: string) => void) {
    this.#take = take
  }

  push(chunk: Uint8Array): void {
    this.#cut(this.#decoder.decode(chunk, { stream: true }))
  }

  finish(): void {
    this.#cut(this.#decoder.decode())
    this.#take(this.#carry)
    this.#carry = ''
  }

  #cut(decoded: string): void {
    let text = decoded
    if (this.#skipping) {
      const end = text.indexOf('\n')
      if (end === -1) return
      text = text.slice(end)
      this.#skipping = false
    }
    const end = text.lastIndexOf('\n')
    if (end === -1) {
      this.#carry += text
    } else {
      this.#take(this.#carry + text.slice(0, end + 1))
      this.#carry = text.slice(end + 1)
    }
    if (this.#carry.length > MAX_LINE_CHARS) {
      this.#carry = this.#carry.slice(0, MAX_LINE_CHARS)
      this.#skipping = true
    }
  }
}
