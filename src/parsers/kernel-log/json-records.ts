import type { Instant } from '../../model/time.ts'
import { parseRecord } from '../json-fields.ts'
import { ctimeInstant, instantOrNull, isoInstant } from './clock.ts'
import type { LogLine } from './line.ts'

const MAX_RECORD_CHARS = 256 * 1024

/** What the records are handed to. */
export type RecordTaker = (line: LogLine) => void

/**
 * Cuts the innermost JSON objects out of a stream of text: `journalctl -o json`, `dmesg -J` (an object that holds an
 * array) and a bare array are all read so, whether in one line or many.
 */
export class JsonCutter {
  private line = 1
  private object = ''
  private objectLine = 1
  private inObject = false
  private inString = false
  private escaped = false
  private readonly taker: (json: string, line: number) => void

  constructor(taker: (json: string, line: number) => void) {
    this.taker = taker
  }

  /** Lines that have begun. */
  get lines(): number {
    return this.line
  }

  push(text: string): void {
    let from = 0
    for (let p = 0; p < text.length; p++) {
      const char = text.charCodeAt(p)
      if (char === 0x0a) {
        this.line++
        // No JSON string runs over a line: a torn record ends here.
        this.inString = false
      }
      if (this.escaped) {
        this.escaped = false
      } else if (this.inString) {
        if (char === 0x5c) this.escaped = true
        if (char === 0x22) this.inString = false
      } else if (char === 0x22) {
        this.inString = true
      } else if (char === 0x7b) {
        this.object = ''
        this.objectLine = this.line
        this.inObject = true
        from = p
      } else if (char === 0x7d && this.inObject) {
        const json = this.object + text.slice(from, p + 1)
        this.inObject = false
        this.object = ''
        if (json.length <= MAX_RECORD_CHARS) this.taker(json, this.objectLine)
      }
    }
    if (!this.inObject) return
    if (this.object.length < MAX_RECORD_CHARS) this.object += text.slice(from)
    else this.inObject = false
  }
}

/** One record of `dmesg -J` or `journalctl -o json`; null for anything else. */
export function readRecord(json: string, number: number): LogLine | null {
  const fields = parseRecord(json)
  if (fields === null) return null
  if ('msg' in fields) return dmesgRecord(fields, number)
  return 'MESSAGE' in fields ? journalRecord(fields, number) : null
}

function dmesgRecord(fields: Fields, number: number): LogLine | null {
  const { msg, time, caller } = fields
  if (typeof msg !== 'string') return null
  const bootSeconds = typeof time === 'number' ? time : decimal(time)
  const at = typeof time === 'string' && bootSeconds === null ? wallClock(time) : null
  return {
    text: msg,
    raw: msg,
    number,
    at,
    yearless: null,
    bootSeconds,
    caller: typeof caller === 'string' ? caller : null,
    stamped: true,
    transport: 'kmsg',
    fromKernel: true,
  }
}

/** Fields of systemd.journal-fields(7); the names are the same in the export format. */
export function journalRecord(fields: Fields, number: number): LogLine | null {
  const message = textOf(fields['MESSAGE'])
  if (message === null) return null
  const tag = textOf(fields['SYSLOG_IDENTIFIER']) ?? textOf(fields['_COMM'])
  const isKernel = fields['_TRANSPORT'] === 'kernel' || tag === 'kernel' || tag === null
  const pid = textOf(fields['_PID']) ?? textOf(fields['SYSLOG_PID'])
  const monotonic = isKernel ? decimal(fields['_SOURCE_MONOTONIC_TIMESTAMP']) : null
  const realtime = decimal(fields['_SOURCE_REALTIME_TIMESTAMP']) ?? realtimeOf(fields, monotonic)
  return {
    text: isKernel ? message : `${tag}${pid === null ? '' : `[${pid}]`}: ${message}`,
    raw: message,
    number,
    at: realtime === null ? null : instantOrNull(realtime / 1000),
    yearless: null,
    bootSeconds: monotonic === null ? null : monotonic / 1e6,
    caller: null,
    stamped: true,
    transport: 'journal',
    fromKernel: isKernel,
  }
}

/**
 * When it was written, in microseconds. The journal's own stamp tells when the message was received, which for messages from
 * before journald's start is much later: how much, its two clocks tell.
 */
function realtimeOf(fields: Fields, monotonic: number | null): number | null {
  const received = decimal(fields['__REALTIME_TIMESTAMP'])
  const receivedMonotonic = decimal(fields['__MONOTONIC_TIMESTAMP'])
  if (received === null || monotonic === null || receivedMonotonic === null) return received
  return received - Math.max(0, receivedMonotonic - monotonic)
}

/** Values of a record, not yet looked at. */
export type Fields = Readonly<Record<string, unknown>>

/** The journal writes a text that is not UTF-8 as an array of bytes. */
function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) return null
  const bytes = value.filter(
    (byte): byte is number => Number.isInteger(byte) && byte >= 0 && byte < 256,
  )
  return bytes.length === value.length ? new TextDecoder().decode(Uint8Array.from(bytes)) : null
}

function decimal(value: unknown): number | null {
  if (typeof value !== 'string' || !/^\s*\d+(?:\.\d+)?\s*$/.test(value)) return null
  return Number(value)
}

function wallClock(text: string): Instant | null {
  return isoInstant(text) ?? ctimeInstant(text)
}
