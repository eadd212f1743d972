import type { Instant } from '../../model/time.ts'
import { ctimeInstant, instantOrNull, inYearBefore, isoInstant, syslogInstant } from './clock.ts'
import type { LogLine, Transport } from './line.ts'
import { unship, type Shipped } from './shipped.ts'
import { withoutEnd } from '../../model/without-end.ts'

/** What stands before the kernel's words, in every order in which dmesg, syslog, journald and mails put it. */
const QUOTE = /(?:[ \t]*[>|])+(?=[ \t[<]|$)/y
const PRIORITY = /<\d{1,3}>(?:1 )?/y
const DECODED = /[a-z0-9]+ *:[a-z]+ *: /y
const BOOT = /\[ *(\d{1,11}\.\d{3,9})(?: *<[ \d.+]*>)?\]/y
/** `dmesg -H` and `dmesg -d`: since the line before, or the minute in which a run of such lines begins. */
const SINCE_LINE_BEFORE =
  /\[(?: *\+\d{1,9}\.\d{6}| *< *\d{1,9}\.\d{6}>|[A-Z][a-z]{2} ?\d{1,2} \d\d:\d\d)\] ?/y
const CALLER = /\[ *([TC]\d+)\]/y
const CTIME = /\[([^\s\]]+ [^\s\]]+ +\d{1,2} \d\d:\d\d:\d\d \d{4})\] ?/y
const ISO = /(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?) ?/y
const SYSLOG = /([^\s\d[:]{3,9} +\d{1,2} \d\d:\d\d:\d\d(?:\.\d{1,9})?) /y
const FULL = /[^\s\d[:]{2,4} (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?) [A-Z0-9+-]{1,6} /y
const UNIX = /(\d{9,10}\.\d{3,9}) (?=\S)/y
const RFC5424_FIELDS = /\S+ (\S+) \S+ \S+ (?:-|\[[^\]]*\]) /y
const HOST_AND_TAG = /[^\s:]+ (?=[^\s:[]+(?:\[\d+\])?:(?: |$))/y
/** The stream, as those who collect logs name it: `node-1/kern.log `, `app[148e] ams [info]`. */
const STREAM = /(?:[^\s:]{1,80} ){0,3}(?:\[\w{1,20}\])?(?=\[ *\d{1,7}\.\d{6}\] )/y
const HOST_AND_KERNEL = /[^\s:]+ (?=kernel: )/y
/** How dmesg and journalctl print the second and later lines of one message. */
const INDENTED = /^ {8}/
const BRACKET = 0x5b
const DOT = 0x2e
const KERNEL = /(?:kernel|vmunix)(?:\[\d+\])?:(?: |$)/y

/** Reads the lines of one text; consecutive lines mostly bear the same words before the kernel's own. */
export class PrefixReader {
  private readonly readAt: Instant | null
  /** Everything up to the time since boot, of a line that was the kernel's beyond doubt. */
  private known = ''
  private knownLine: LogLine | null = null
  private stampedBefore: LogLine | null = null

  /** `readAt`: when the text was read; tells the year where its lines do not. */
  constructor(readAt: Instant | null) {
    this.readAt = readAt
  }

  /** Takes the prefix off and reads its times. Never throws; a line without a prefix is its own text. */
  read(raw: string, number: number): LogLine {
    const line = this.begin(raw, number)
    const end = skipBlanks(raw, this.readAll(line, raw))
    line.text = withoutEnd(raw.slice(end), '\r')
    const shipped = line.stamped ? null : unship(line.text)
    if (shipped !== null) return this.readShipped(shipped, line)
    if (line.stamped) this.stampedBefore = line
    else if (INDENTED.test(raw)) inherit(line, this.stampedBefore)
    return line
  }

  private readShipped({ text, at, saysKernel }: Shipped, { raw, number }: LogLine): LogLine {
    const line = this.begin(text, number)
    line.text = text.slice(skipBlanks(text, this.readAll(line, text)))
    line.raw = raw
    line.at ??= at
    line.transport ??= saysKernel || at !== null ? 'kmsg' : null
    line.fromKernel ||= saysKernel
    line.stamped ||= at !== null
    if (line.stamped) this.stampedBefore = line
    return line
  }

  private readAll(line: LogLine, raw: string): number {
    if (line.transport !== null) return readBoot(line, raw, this.known.length)
    // Time since boot comes first: nothing stands before it.
    const end = raw.charCodeAt(0) === BRACKET ? readBoot(line, raw, 0) : 0
    return end > 0 ? end : readBoot(line, raw, this.readPrefix(line, raw))
  }

  /**
   * Where the kernel's words begin, of a line that bears the words of the line before and a time since boot; -1 for any
   * other. Costs a tenth of {@link read}, and reads no time.
   */
  wordsAt(raw: string): number {
    const p = this.known.length
    if (p === 0 || raw.charCodeAt(p) !== BRACKET || !raw.startsWith(this.known)) return -1
    const close = raw.indexOf(']', p)
    if (raw.charCodeAt(close - 7) !== DOT || raw.charCodeAt(close + 1) !== 0x20) return -1
    return skipBlanks(raw, close + 1)
  }

  private begin(raw: string, number: number): LogLine {
    const like = this.knownLine !== null && raw.startsWith(this.known) ? this.knownLine : null
    return {
      text: raw,
      raw,
      number,
      at: like?.at ?? null,
      yearless: like?.yearless ?? null,
      bootSeconds: null,
      caller: null,
      stamped: like !== null,
      transport: like?.transport ?? null,
      fromKernel: like !== null,
    }
  }

  private readPrefix(line: LogLine, raw: string): number {
    let p = skipBlanks(raw, skip(QUOTE, raw, 0))
    const priority = skip(PRIORITY, raw, p)
    const isRfc5424 = priority > p + 1 && raw.charCodeAt(priority - 1) === 0x20
    p = skip(DECODED, raw, priority)
    const fromDmesg = p > priority
    p = readWallClock(line, raw, p, this.readAt, fromDmesg, isRfc5424)
    const kernel = skip(KERNEL, raw, p)
    const end = skipBlanks(raw, kernel)
    line.fromKernel = kernel > p || fromDmesg
    if (line.stamped && line.fromKernel) {
      this.known = raw.slice(0, end)
      this.knownLine = { ...line, raw: '', text: '' }
    }
    return end
  }
}

/** One line by itself. */
export function readLine(raw: string, number: number, readAt: Instant | null): LogLine {
  return new PrefixReader(readAt).read(raw, number)
}

function readWallClock(
  line: LogLine,
  raw: string,
  start: number,
  readAt: Instant | null,
  fromDmesg: boolean,
  rfc5424: boolean,
): number {
  const first = raw.charCodeAt(start)
  if (first === 0x5b) return readCtime(line, raw, start)
  if (first >= 0x30 && first <= 0x39) return readNumeric(line, raw, start, fromDmesg, rfc5424)
  const match = at(SYSLOG, raw, start)
  if (match !== null) {
    const yearless = syslogInstant(match[1] ?? '')
    line.yearless = yearless
    if (yearless !== null && readAt !== null) line.at = inYearBefore(yearless, readAt)
    line.stamped = true
    line.transport = (match[1] ?? '').includes('.') ? 'journal' : 'syslog'
    return skip(HOST_AND_TAG, raw, SYSLOG.lastIndex)
  }
  const full = at(FULL, raw, start)
  if (full === null) return start
  stamp(line, isoInstant(full[1] ?? ''), 'journal')
  return skip(HOST_AND_TAG, raw, FULL.lastIndex)
}

function readCtime(line: LogLine, raw: string, start: number): number {
  const match = at(CTIME, raw, start)
  if (match === null) return start
  stamp(line, ctimeInstant(match[1] ?? ''), 'kmsg')
  return CTIME.lastIndex
}

function readNumeric(
  line: LogLine,
  raw: string,
  start: number,
  fromDmesg: boolean,
  rfc5424: boolean,
): number {
  const iso = at(ISO, raw, start)
  if (iso !== null) {
    const written = iso[1] ?? ''
    // util-linux writes the fraction after a comma, and no host name follows.
    const dmesg = fromDmesg || written.includes(',')
    stamp(line, isoInstant(written), dmesg ? 'kmsg' : written.includes('.') ? 'syslog' : 'journal')
    const end = ISO.lastIndex
    if (dmesg) return end
    if (rfc5424) return skip(RFC5424_FIELDS, raw, end)
    const tag = skip(HOST_AND_TAG, raw, end)
    return tag > end ? tag : skip(STREAM, raw, end)
  }
  const unix = at(UNIX, raw, start)
  if (unix === null) return start
  const afterStamp = UNIX.lastIndex
  const end = skip(HOST_AND_TAG, raw, afterStamp)
  if (end === afterStamp) return start
  stamp(line, instantOrNull(Number(unix[1]) * 1000), 'journal')
  return end
}

/** Takes over the times, but not the stamp. */
function inherit(line: LogLine, from: LogLine | null): void {
  if (from === null) return
  line.at = from.at
  line.yearless = from.yearless
  line.bootSeconds = from.bootSeconds
  line.caller = from.caller
}

function readBoot(line: LogLine, raw: string, start: number): number {
  if (raw.charCodeAt(start) !== BRACKET) return start
  let p = start
  const bootEnd = readSecondsSinceBoot(line, raw, p)
  const relativeEnd = bootEnd === p ? skip(SINCE_LINE_BEFORE, raw, p) : p
  if (relativeEnd > p) {
    line.fromKernel = true
    line.stamped = true
    line.transport ??= 'kmsg'
    return relativeEnd
  }
  if (bootEnd > p) {
    line.fromKernel = true
    if (!line.stamped) line.transport = 'kmsg'
    else if (line.transport === 'journal') line.transport = 'syslog'
    p = skipBlanks(raw, bootEnd)
  }
  if (raw.charCodeAt(p) === BRACKET) {
    const caller = at(CALLER, raw, p)
    if (caller !== null) {
      line.caller = caller[1] ?? null
      p = skipBlanks(raw, CALLER.lastIndex)
    }
  }
  if (bootEnd === start || line.stamped) return p
  line.stamped = true
  // journalctl -o short-monotonic puts the host behind the time since boot.
  const host = skip(HOST_AND_KERNEL, raw, p)
  if (host === p) return p
  line.transport = 'journal'
  return skip(KERNEL, raw, host)
}

/** The kernel counts nanoseconds in 64 bits (kernel/printk/printk.c, local_clock()). */
const LONGEST_UP_SECONDS = 2 ** 64 / 1e9

/** `[ 5058.753884]`, mostly with six decimals. */
function readSecondsSinceBoot(line: LogLine, raw: string, start: number): number {
  const close = raw.indexOf(']', start)
  if (close - start < 40 && raw.charCodeAt(close - 7) === DOT && isDigit(raw, start + 1)) {
    const seconds = Number(raw.slice(start + 1, close))
    if (seconds >= 0 && seconds <= LONGEST_UP_SECONDS) {
      line.bootSeconds = seconds
      return close + 1
    }
  }
  const match = at(BOOT, raw, start)
  if (match === null) return start
  line.bootSeconds = Number(match[1])
  return BOOT.lastIndex
}

/** After blanks. */
function isDigit(raw: string, start: number): boolean {
  const code = raw.charCodeAt(skipBlanks(raw, start))
  return code >= 0x30 && code <= 0x39
}

function skipBlanks(raw: string, start: number): number {
  let p = start
  while (raw.charCodeAt(p) === 0x20 || raw.charCodeAt(p) === 0x09) p++
  return p
}

function stamp(line: LogLine, at: Instant | null, transport: Transport): void {
  line.at = at
  line.stamped = true
  line.transport = transport
}

function at(pattern: RegExp, text: string, position: number): RegExpExecArray | null {
  pattern.lastIndex = position
  return pattern.exec(text)
}

function skip(pattern: RegExp, text: string, position: number): number {
  pattern.lastIndex = position
  return pattern.test(text) ? pattern.lastIndex : position
}
