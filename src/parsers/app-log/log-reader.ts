import type { Observation } from '../../model/evidence.ts'
import type { Origin, StreamReader } from '../format.ts'

import { detached } from '../lines.ts'
import { WholeLines } from '../whole-lines.ts'
import { Collector, lastLineOf } from './collector.ts'
import { needlePattern, readFindings } from './matcher.ts'
import { Tail } from './tail.ts'
import { unwrapLine } from './unwrap.ts'

/** Reads a log of any size: whole chunks are searched for needles, and only lines that hold one are looked at. */
export class LogReader implements StreamReader {
  readonly #origin: Origin
  readonly #lines = new WholeLines((text) => this.#search(text))
  readonly #needles = needlePattern()
  readonly #collector = new Collector()
  readonly #tail = new Tail()
  #newlines = 0

  constructor(origin: Origin) {
    this.#origin = origin
  }

  push(chunk: Uint8Array): void {
    this.#lines.push(chunk)
  }

  finish(): Observation[] {
    this.#lines.finish()
    const tail = this.#tail.lines(this.#newlines)
    const last = lastLineOf(this.#origin, tail)
    const findings = this.#collector.finish(this.#origin, tail)
    return last === null ? findings : [...findings, last]
  }

  /** Whole lines, but for the last one of the log. */
  #search(text: string): void {
    let counted = 0
    this.#needles.lastIndex = 0
    for (let hit = this.#needles.exec(text); hit !== null; hit = this.#needles.exec(text)) {
      const start = hit.index === 0 ? 0 : text.lastIndexOf('\n', hit.index - 1) + 1
      const newline = text.indexOf('\n', hit.index)
      const end = newline === -1 ? text.length : newline
      this.#newlines += countNewlines(text, counted, start)
      counted = start
      this.#judge(text.slice(start, end))
      this.#needles.lastIndex = end
    }
    this.#newlines += countNewlines(text, counted, text.length)
    this.#tail.push(text)
  }

  #judge(slice: string): void {
    const raw = detached(slice)
    const { text, at } = unwrapLine(raw)
    for (const { signature, finding } of readFindings(text))
      this.#collector.add({ signature, finding, line: this.#newlines + 1, at, raw })
  }
}

function countNewlines(text: string, from: number, to: number): number {
  let count = 0
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1))
    count++
  return count
}
