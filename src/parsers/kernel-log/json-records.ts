import type { Instant } from '../../model/time.ts'
import { parseRecord } from '../json-fields.ts'
import { ctimeInstant, instantOrNull, isoInstant } from './clock.ts'
import type { LogLine } from './line.ts'
import { readLine } from './prefix.ts'

const MAX_RECORD_CHARS = 256 * 1024
/** Of objects in objects. */
const MAX_DEPTH = 8

/** What the records are handed to. */
export type RecordTaker = (line: LogLine) => void

/**
 * Cuts JSON objects out of a stream of text, each when it ends and so the inner ones first: `journalctl -o json`, `dmesg -J`
 * (an object that holds an array), a bare array and records with fields of fields are all read so, in one line or many.
 */
export class JsonCutter {
  private line = 1
  /** From the beginning of the outermost object that is still open and not too long. */
  private text = ''
  private readonly open: { start: number; line: number }[] = []
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

  push(chunk: string): void {
    const before = this.text.length
    const text = this.text + chunk
    for (let p = before; p < text.length; p++) {
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
        this.open.push({ start: p, line: this.line })
        if (this.open.length > MAX_DEPTH) this.open.shift()
      } else if (char === 0x7d) {
        this.close(text, p + 1)
      }
    }
    this.keep(text)
  }

  private close(text: string, end: number): void {
    const begun = this.open.pop()
    if (begun === undefined || end - begun.start > MAX_RECORD_CHARS) return
    this.taker(text.slice(begun.start, end), begun.line)
  }

  /** What is longer than a record is none, but may hold some. */
  private keep(text: string): void {
    while (this.open[0] !== undefined && text.length - this.open[0].start > MAX_RECORD_CHARS)
      this.open.shift()
    const from = this.open[0]?.start ?? text.length
    this.text = text.slice(from)
    for (const begun of this.open) begun.start -= from
  }
}

/** One record of `dmesg -J`, `journalctl -o json` or a shipper of logs; null for anything else. */
export function readRecord(json: string, number: number): LogLine | null {
  const fields = parseRecord(json)
  if (fields === null) return null
  if ('msg' in fields) return dmesgRecord(fields, number)
  return 'MESSAGE' in fields ? journalRecord(fields, number) : shippedRecord(fields, number)
}

/** Vector and Elastic, CloudWatch, Google Cloud Logging, Splunk, Loki. */
const SHIPPED_TEXT = ['message', '@message', 'textPayload', '_raw', 'line'] as const
const SHIPPED_TIME = ['timestamp', '@timestamp', '_time', 'time', 'ts'] as const

/** A line of whatever form within a record of its own, with the fields of the journal where it came from there. */
function shippedRecord(fields: Fields, number: number): LogLine | null {
  const text = SHIPPED_TEXT.map((name) => textOf(fields[name])).find((found) => found !== null)
  if (text === undefined || text === null) return null
  const isJournal = 'SYSLOG_IDENTIFIER' in fields || '_TRANSPORT' in fields
  const line = isJournal
    ? journalRecord({ ...fields, MESSAGE: text }, number)
    : readLine(text, number, null)
  if (line === null) return null
  const time = SHIPPED_TIME.map((name) => fields[name]).find((found) => found !== undefined)
  const at = line.at ?? shippedAt(time)
  return { ...line, at, stamped: true, transport: line.transport ?? 'journal' }
}

function shippedAt(time: unknown): Instant | null {
  if (typeof time === 'number') return instantOrNull(time)
  return typeof time === 'string' ? wallClock(time) : null
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
