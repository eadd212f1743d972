import type { Instant } from '../../model/time.ts'
import { ctimeInstant, inYearBefore, isoInstant, syslogInstant } from './clock.ts'
import type { LogLine, Transport } from './line.ts'

/** What stands before the kernel's words, in every order in which dmesg, syslog, journald and mails put it. */
const QUOTE = /(?:[ \t]*[>|]+)+(?=[ \t[<]|$)/y
const BLANKS = /[ \t]+/y
const PRIORITY = /<\d{1,3}>(?:1 )?/y
const DECODED = /[a-z0-9]+ *:[a-z]+ *: /y
const BOOT = /\[ *(\d+\.\d{3,9})(?: *<[ \d.+]*>)?\]/y
const CALLER = /\[ *([TC]\d+)\]/y
const CTIME = /\[([^\s\]]+ [^\s\]]+ +\d{1,2} \d\d:\d\d:\d\d \d{4})\] ?/y
const ISO = /(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?) ?/y
const SYSLOG = /([^\s\d[:]{3,9} +\d{1,2} \d\d:\d\d:\d\d(?:\.\d{1,9})?) /y
const FULL = /[^\s\d[:]{2,4} (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?) [A-Z0-9+-]{1,6} /y
const UNIX = /(\d{9,10}\.\d{3,9}) (?=\S)/y
const RFC5424_FIELDS = /\S+ (\S+) \S+ \S+ (?:-|\[[^\]]*\]) /y
const HOST_AND_TAG = /[^\s:]+ (?=[^\s:[]+(?:\[\d+\])?:(?: |$))/y
const HOST_AND_KERNEL = /[^\s:]+ (?=kernel: )/y
const KERNEL = /(?:kernel|vmunix)(?:\[\d+\])?:(?: |$)/y

/** Takes the prefix off and reads its times. Never throws; a line without a prefix is its own text. */
export function readLine(raw: string, number: number, readAt: Instant | null): LogLine {
  const line: LogLine = {
    text: raw,
    raw,
    number,
    at: null,
    yearless: null,
    bootSeconds: null,
    caller: null,
    stamped: false,
    transport: null,
  }
  const end = readPrefix(line, raw, readAt)
  line.text = raw.slice(end, raw.endsWith('\r') ? -1 : undefined)
  return line
}

function readPrefix(line: LogLine, raw: string, readAt: Instant | null): number {
  let p = skip(QUOTE, raw, 0)
  p = skip(BLANKS, raw, p)
  const priority = skip(PRIORITY, raw, p)
  const rfc5424 = priority > p + 1 && raw.charCodeAt(priority - 1) === 0x20
  p = priority
  const decoded = skip(DECODED, raw, p)
  const fromDmesg = decoded > p
  p = readWallClock(line, raw, decoded, readAt, fromDmesg, rfc5424)
  p = skip(KERNEL, raw, p)
  p = skip(BLANKS, raw, p)
  p = readBoot(line, raw, p)
  return skip(BLANKS, raw, p)
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
    return skip(HOST_AND_TAG, raw, end)
  }
  const unix = at(UNIX, raw, start)
  if (unix === null) return start
  const afterStamp = UNIX.lastIndex
  const end = skip(HOST_AND_TAG, raw, afterStamp)
  if (end === afterStamp) return start
  stamp(line, Number(unix[1]) * 1000, 'journal')
  return end
}

function readBoot(line: LogLine, raw: string, start: number): number {
  if (raw.charCodeAt(start) !== 0x5b) return start
  let p = start
  const boot = at(BOOT, raw, p)
  if (boot !== null) {
    line.bootSeconds = Number(boot[1])
    if (!line.stamped) line.transport = 'kmsg'
    else if (line.transport === 'journal') line.transport = 'syslog'
    line.stamped = true
    p = skip(BLANKS, raw, BOOT.lastIndex)
  }
  const caller = at(CALLER, raw, p)
  if (caller !== null) {
    line.caller = caller[1] ?? null
    p = skip(BLANKS, raw, CALLER.lastIndex)
  }
  if (boot === null) return p
  // journalctl -o short-monotonic puts the host behind the time since boot.
  const host = skip(HOST_AND_KERNEL, raw, p)
  if (host === p) return p
  line.transport = 'journal'
  return skip(KERNEL, raw, host)
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
