import type { NeedleSearch } from './search/index.ts'

/** A line longer than this is cut: no kernel message is longer than 1 KiB, no journal line of one than a few. */
const MAX_LINE_BYTES = 64 * 1024
/** Bytes decoded at a time while a report is read. */
const STRETCH_BYTES = 4 * 1024
/** Of the end of the text so much is kept to read the times of its last lines. */
const TAIL_BYTES = 8 * 1024
/** So many lines at the beginning are all read: the log may begin inside a report. */
const HEAD_LINES = 300

const NEWLINE = 0x0a

/** What the lines are handed to. */
export interface LineTaker {
  take(text: string, number: number): void
  /** True: the next lines are wanted, whatever they hold. */
  readonly expecting: boolean
  /** A line of the end of the text, which may have been taken before. */
  last(text: string, number: number): void
}

/** Cuts bytes into lines, and leaves out those that nobody wants without decoding them. */
export class LineCutter {
  /** Complete lines so far. */
  lines = 0
  private readonly taker: LineTaker
  private readonly search: NeedleSearch
  private readonly decoder = new TextDecoder()
  private carry = new Uint8Array(0)
  private tail = new Uint8Array(0)
  private leftOut = false

  constructor(taker: LineTaker, search: NeedleSearch) {
    this.taker = taker
    this.search = search
  }

  push(bytes: Uint8Array): void {
    const most = this.search.window.length
    for (let from = 0; from < bytes.length; from += most) {
      this.cut(this.search.hold(bytes.subarray(from, from + most)))
    }
  }

  finish(): void {
    if (this.leftOut) this.readTail()
    if (this.carry.length > 0) this.finishCarried()
  }

  private cut(bytes: Uint8Array): void {
    let start = 0
    if (this.carry.length > 0) {
      const end = bytes.indexOf(NEWLINE)
      if (end < 0) {
        this.keep(bytes)
        return
      }
      this.keep(bytes.subarray(0, end))
      this.finishCarried()
      start = end + 1
    }
    const end = bytes.lastIndexOf(NEWLINE) + 1
    if (end > start) this.walk(bytes, start, end)
    if (end < bytes.length) this.keep(bytes.subarray(Math.max(start, end)))
  }

  private keep(bytes: Uint8Array): void {
    const room = MAX_LINE_BYTES - this.carry.length
    const kept = new Uint8Array(this.carry.length + Math.min(room, bytes.length))
    if (kept.length === this.carry.length && kept.length > 0) return
    kept.set(this.carry)
    kept.set(bytes.subarray(0, room), this.carry.length)
    this.carry = kept
  }

  private finishCarried(): void {
    const line = this.carry
    this.carry = new Uint8Array(0)
    this.lines++
    this.taker.take(this.decoder.decode(line), this.lines)
  }

  /** Whole lines only. */
  private walk(bytes: Uint8Array, start: number, end: number): void {
    let p = start
    while (p < end) {
      if (this.lines < HEAD_LINES || this.taker.expecting) {
        p = this.read(bytes, p, end)
        continue
      }
      const hit = this.search.next(bytes, p, end)
      const until = hit < 0 ? end : lineBefore(bytes, hit, p)
      if (until > p) {
        this.lines += this.search.countLines(bytes, p, until)
        this.leftOut = true
      }
      p = hit < 0 ? end : this.readTo(bytes, until, hit, end)
    }
    if (this.leftOut) this.keepTail(bytes, start, end)
  }

  /** Reads the line before the hit, which may be the first half of a wrapped sentence, and the line of the hit. */
  private readTo(bytes: Uint8Array, from: number, hit: number, end: number): number {
    const newline = bytes.indexOf(NEWLINE, hit)
    const lineEnd = newline < 0 || newline >= end ? end : newline + 1
    this.takeAll(this.decoder.decode(bytes.subarray(from, lineEnd)))
    return lineEnd
  }

  /** Reads on while lines are wanted, at most one stretch. */
  private read(bytes: Uint8Array, from: number, end: number): number {
    const newline = bytes.indexOf(NEWLINE, Math.min(from + STRETCH_BYTES, end - 1))
    const until = newline < 0 || newline >= end ? end : newline + 1
    const text = this.decoder.decode(bytes.subarray(from, until))
    // Only where every byte is one character do positions in the text tell positions in the bytes.
    if (text.length !== until - from) {
      this.takeAll(text)
      return until
    }
    let p = 0
    while (p < text.length && (this.lines < HEAD_LINES || this.taker.expecting)) {
      const lineEnd = text.indexOf('\n', p)
      this.takeOne(text.slice(p, lineEnd))
      p = lineEnd + 1
    }
    return from + p
  }

  private takeAll(text: string): void {
    let p = 0
    while (p < text.length) {
      const lineEnd = text.indexOf('\n', p)
      this.takeOne(lineEnd < 0 ? text.slice(p) : text.slice(p, lineEnd))
      p = lineEnd < 0 ? text.length : lineEnd + 1
    }
  }

  private takeOne(line: string): void {
    this.lines++
    this.taker.take(line.length > MAX_LINE_BYTES ? line.slice(0, MAX_LINE_BYTES) : line, this.lines)
  }

  private keepTail(bytes: Uint8Array, start: number, end: number): void {
    const fresh = bytes.subarray(Math.max(start, end - TAIL_BYTES), end)
    const kept = this.tail.subarray(Math.max(0, this.tail.length + fresh.length - TAIL_BYTES))
    const tail = new Uint8Array(kept.length + fresh.length)
    tail.set(kept)
    tail.set(fresh, kept.length)
    this.tail = tail
  }

  private readTail(): void {
    const lines = this.decoder.decode(this.tail).split('\n')
    // The first may be cut, and the last is empty.
    for (const line of lines.slice(1, -1)) this.taker.last(line, this.lines)
  }
}

/** Start of the line before the one that holds `position`, but not before `floor`. */
function lineBefore(bytes: Uint8Array, position: number, floor: number): number {
  let start = position
  for (let i = 0; i < 2; i++) {
    while (start > floor && bytes[start - 1] !== NEWLINE) start--
    if (i === 0 && start > floor) start--
  }
  return start
}
