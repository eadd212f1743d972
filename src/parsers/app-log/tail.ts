import type { Instant } from '../../model/time.ts'

import { detached } from '../lines.ts'
import { unwrapLine } from './unwrap.ts'

/** The end of the log that is kept: longer than any stack trace that has to be recognised as one. */
const TAIL_CHARS = 32_768

export interface TailLine {
  /** 1-based. */
  line: number
  text: string
  at: Instant | null
}

/** The last lines of a stream. */
export class Tail {
  #text = ''

  push(text: string): void {
    const joined = text.length >= TAIL_CHARS ? text : this.#text + text
    this.#text = joined.length > TAIL_CHARS ? detached(joined.slice(-TAIL_CHARS)) : joined
  }

  /** `newlines` is the number of them in the whole stream. */
  lines(newlines: number): TailLine[] {
    const rows = this.#text.split('\n')
    const first = newlines + 1 - (rows.length - 1)
    const lines = rows.map((row, index) => ({ line: first + index, ...unwrapLine(row) }))
    // The first row may have been cut; it is better than nothing where it is all there is.
    return this.#text.length === TAIL_CHARS && lines.length > 1 ? lines.slice(1) : lines
  }
}
