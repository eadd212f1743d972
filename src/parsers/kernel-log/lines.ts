import { hasNeedle, type NeedleSearch } from './search/index.ts'

/** A line longer than this is cut: no kernel message is longer than 1 KiB, no journal line of one than a few. */
const MAX_LINE_BYTES = 64 * 1024
/** Bytes decoded at a time while a report is read. */
const STRETCH_BYTES = 4 * 1024
/** Of the end of the text so much is kept to read the times of its last lines. */
const TAIL_BYTES = 8 * 1024
/** So many lines at the beginning are all read: the log may begin inside a report. */
const HEAD_LINES = 300

const NEWLINE = 0x0a
const ONE_NEWLINE = Uint8Array.of(NEWLINE)

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
  /** The beginning of a line whose end has not come yet. */
  private carry = new Uint8Array(0)
  private carried = 0
  /** The last lines, once any were left out. */
  private readonly tail = new Tail()
  /** The last line so far was left out: a needle may stand in the next. */
  private isBeforeLeftOut = false
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
    if (this.carried > 0) this.finishCarried()
    if (this.leftOut) this.readTail()
  }

  private cut(bytes: Uint8Array): void {
    let start = 0
    if (this.carried > 0) {
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
    if (end > start) this.walk(bytes.subarray(start, end))
    if (end < bytes.length) this.keep(bytes.subarray(Math.max(start, end)))
  }

  private keep(bytes: Uint8Array): void {
    const kept = bytes.subarray(0, MAX_LINE_BYTES - this.carried)
    const length = this.carried + kept.length
    if (length > this.carry.length) {
      const grown = new Uint8Array(Math.min(MAX_LINE_BYTES, 2 * length))
      grown.set(this.carry)
      this.carry = grown
    }
    this.carry.set(kept, this.carried)
    this.carried = length
  }

  /** A line that came in pieces, and is not in the search's window. */
  private finishCarried(): void {
    const line = this.carry.subarray(0, this.carried)
    this.carried = 0
    if (this.isWanted) {
      this.takeNext(this.decoder.decode(line))
    } else if (hasNeedle(line)) {
      this.takeBefore()
      this.takeNext(this.decoder.decode(line))
    } else {
      this.lines++
      this.leftOut = true
      this.isBeforeLeftOut = true
    }
    if (!this.leftOut) return
    this.tail.add(line)
    this.tail.add(ONE_NEWLINE)
  }

  private get isWanted(): boolean {
    return this.lines < HEAD_LINES || this.taker.expecting
  }

  /** Whole lines only. */
  private walk(bytes: Uint8Array): void {
    let p = 0
    while (p < bytes.length) {
      if (this.isWanted) {
        p = this.read(bytes, p)
        continue
      }
      const hit = this.search.next(bytes, p, bytes.length)
      if (hit < 0) {
        this.leaveOut(this.search.linesPassed)
        this.isBeforeLeftOut = true
        break
      }
      p = this.takeWithBefore(bytes, p, startOfLine(bytes, hit, p))
    }
    if (this.leftOut) this.tail.add(bytes)
  }

  /** The line before a needle's may be the first half of a wrapped sentence. */
  private takeWithBefore(bytes: Uint8Array, from: number, line: number): number {
    if (line === from) {
      this.takeBefore()
      return this.takeLine(bytes, line)
    }
    const before = startOfLine(bytes, line - 1, from)
    // All lines up to the needle's, without the one before it.
    this.leaveOut(this.search.linesPassed - 1)
    this.takeLine(bytes, before)
    return this.takeLine(bytes, line)
  }

  private leaveOut(lines: number): void {
    if (lines === 0) return
    this.lines += lines
    this.leftOut = true
  }

  private takeBefore(): void {
    if (!this.isBeforeLeftOut) return
    this.isBeforeLeftOut = false
    this.taker.take(this.decoder.decode(this.tail.lastLine()), this.lines)
  }

  private takeLine(bytes: Uint8Array, from: number): number {
    const end = bytes.indexOf(NEWLINE, from)
    this.takeNext(this.decoder.decode(bytes.subarray(from, Math.min(end, from + MAX_LINE_BYTES))))
    return end + 1
  }

  /** Reads on while lines are wanted, at most one stretch. */
  private read(bytes: Uint8Array, from: number): number {
    const newline = bytes.indexOf(NEWLINE, Math.min(from + STRETCH_BYTES, bytes.length - 1))
    const text = this.decoder.decode(bytes.subarray(from, newline + 1))
    // Only where every byte is one character do positions in the text tell positions in the bytes.
    if (text.length !== newline + 1 - from) return this.takeLine(bytes, from)
    let p = 0
    while (p < text.length && this.isWanted) {
      const end = text.indexOf('\n', p)
      this.takeNext(text.slice(p, Math.min(end, p + MAX_LINE_BYTES)))
      p = end + 1
    }
    return from + p
  }

  private takeNext(line: string): void {
    this.isBeforeLeftOut = false
    this.lines++
    this.taker.take(line, this.lines)
  }

  private readTail(): void {
    const lines = this.decoder.decode(this.tail.bytes()).split('\n')
    // The first may be cut, and the last is empty.
    for (const line of lines.slice(1, -1)) this.taker.last(line, this.lines)
  }
}

/** The last bytes of what was added. */
class Tail {
  private kept = new Uint8Array(0)
  private length = 0

  add(bytes: Uint8Array): void {
    if (this.kept.length === 0) this.kept = new Uint8Array(TAIL_BYTES)
    const fresh = bytes.length > TAIL_BYTES ? bytes.subarray(bytes.length - TAIL_BYTES) : bytes
    const old = Math.min(this.length, TAIL_BYTES - fresh.length)
    this.kept.copyWithin(0, this.length - old, this.length)
    this.kept.set(fresh, old)
    this.length = old + fresh.length
  }

  bytes(): Uint8Array {
    return this.kept.subarray(0, this.length)
  }

  /** Without its newline. */
  lastLine(): Uint8Array {
    return this.kept.subarray(startOfLine(this.kept, this.length - 1, 0), this.length - 1)
  }
}

/** Start of the line that holds `position`, but not before `floor`. */
function startOfLine(bytes: Uint8Array, position: number, floor: number): number {
  let start = position
  while (start > floor && bytes[start - 1] !== NEWLINE) start--
  return start
}
