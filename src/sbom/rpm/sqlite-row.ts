/** A row of a table of SQLite. https://www.sqlite.org/fileformat2.html#record_format */
import { textOf } from '../distributions/paragraphs.ts'

/** No table of rpm has as many. */
const MAX_COLUMNS = 32
const MAX_VARINT_BYTES = 9

export interface Columns {
  /** Where it begins. */
  from(column: number): number
  text(column: number): string
  integer(column: number): number
}

/** Columns at the beginning of a row. Null where there is no row. */
export function columnsOf(row: Uint8Array): Columns | null {
  const header = varintAt(row, 0)
  const bounds = [header.value]
  for (let at = header.end; at < header.value && bounds.length <= MAX_COLUMNS;) {
    const type = varintAt(row, at)
    bounds.push((bounds.at(-1) ?? 0) + bytesOf(type.value))
    at = type.end
  }
  if (header.value > row.length || bounds.length < 2) return null
  const bytes = (column: number): Uint8Array =>
    row.subarray(bounds[column] ?? row.length, bounds[column + 1] ?? row.length)
  return {
    from: (column) => bounds[column] ?? row.length,
    text: (column) => textOf(bytes(column)),
    integer: (column) => bytes(column).reduce((value, byte) => value * 256 + byte, 0),
  }
}

/** Seven bits in each byte, the highest first; eight in the ninth, which no number of ours has. */
export function varintAt(bytes: Uint8Array, at: number): { value: number; end: number } {
  let value = 0
  for (let end = at; end < at + MAX_VARINT_BYTES; end++) {
    const byte = bytes[end] ?? 0
    value = value * 128 + (byte & 0x7f)
    if (byte < 0x80) return { value, end: end + 1 }
  }
  return { value, end: at + MAX_VARINT_BYTES }
}

/** By the serial type. */
function bytesOf(type: number): number {
  if (type >= 12) return Math.floor((type - 12) / 2)
  return [0, 1, 2, 3, 4, 6, 8, 8][type] ?? 0
}
