import { journalRecord, type Fields, type RecordTaker } from './json-records.ts'

const MAX_FIELD_BYTES = 64 * 1024
const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d
const WANTED = new Set([
  'MESSAGE',
  'SYSLOG_IDENTIFIER',
  'SYSLOG_PID',
  '_COMM',
  '_PID',
  '_TRANSPORT',
  '_SOURCE_REALTIME_TIMESTAMP',
  '__REALTIME_TIMESTAMP',
  '__MONOTONIC_TIMESTAMP',
  '_SOURCE_MONOTONIC_TIMESTAMP',
])

/**
 * The journal export format (systemd, JOURNAL_EXPORT_FORMATS): `KEY=value` lines, or a key alone, then the length in eight
 * bytes, little-endian, the value and a newline; an empty line ends an entry.
 */
export class ExportCutter {
  lines = 0
  private fields: Record<string, unknown> = {}
  private firstLine = 1
  private line: number[] = []
  private binary: { key: string; length: number[]; left: number; value: number[] } | null = null
  private readonly decoder = new TextDecoder()
  private readonly taker: RecordTaker

  constructor(taker: RecordTaker) {
    this.taker = taker
  }

  push(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte === NEWLINE) this.lines++
      if (this.binary !== null) this.pushBinary(byte)
      else if (byte === NEWLINE) this.endLine()
      else if (this.line.length < MAX_FIELD_BYTES) this.line.push(byte)
    }
  }

  finish(): void {
    if (this.line.length > 0) this.endLine()
    this.endEntry()
  }

  private pushBinary(byte: number): void {
    const { binary } = this
    if (binary === null) return
    if (binary.length.length < 8) {
      binary.length.push(byte)
      if (binary.length.length === 8) binary.left = littleEndian(binary.length)
      return
    }
    if (binary.left > 0) {
      binary.left--
      if (binary.value.length < MAX_FIELD_BYTES) binary.value.push(byte)
      return
    }
    // The newline after the value.
    this.binary = null
    this.field(binary.key, this.decoder.decode(Uint8Array.from(binary.value)))
  }

  private endLine(): void {
    while (this.line.at(-1) === CARRIAGE_RETURN) this.line.pop()
    const line = this.decoder.decode(Uint8Array.from(this.line))
    this.line = []
    if (line === '') {
      this.endEntry()
      return
    }
    const equals = line.indexOf('=')
    if (equals > 0) this.field(line.slice(0, equals), line.slice(equals + 1))
    else if (/^[A-Z0-9_]+$/.test(line)) this.binary = { key: line, length: [], left: 0, value: [] }
  }

  private field(key: string, value: string): void {
    if (WANTED.has(key)) this.fields[key] ??= value
  }

  private endEntry(): void {
    const entry: Fields = this.fields
    const number = this.firstLine
    this.fields = {}
    this.firstLine = this.lines + 1
    const line = journalRecord(entry, number)
    if (line !== null) this.taker(line)
  }
}

/** Lengths beyond the file end the entry at its end; beyond 2^53 nothing is exact, and nothing is that long. */
function littleEndian(bytes: readonly number[]): number {
  return bytes.reduceRight((sum, byte) => sum * 256 + byte, 0)
}
