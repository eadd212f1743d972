/**
 * One line of the journal: JSON that begins with the checksum of what follows. A line that was torn by a kill, a power cut or a
 * full disk, or damaged later, does not fit its checksum, and is never misread.
 */
import { crc32 } from 'node:zlib'

const BEFORE = '{"check":"'
const DIGITS = 8
const AFTER = '",'
const BODY_AT = BEFORE.length + DIGITS + AFTER.length
const CHECKED = /^\{"check":"([\da-f]{8})",$/

/** @param body an object with at least one field */
export function guardedLine(body: object): string {
  const rest = JSON.stringify(body).slice(1)
  return `${BEFORE}${crc32(rest).toString(16).padStart(DIGITS, '0')}${AFTER}${rest}\n`
}

/** What stands behind the checksum, without the brace that opens it; null where they do not fit. */
export function checkedRest(line: Buffer): Buffer | null {
  const check = CHECKED.exec(line.toString('latin1', 0, BODY_AT))?.[1]
  const rest = line.subarray(BODY_AT)
  return check !== undefined && crc32(rest) === Number.parseInt(check, 16) ? rest : null
}

/** The lines of a file that end, with the byte at which each begins; what follows the last newline is left out. */
export function* endedLines(bytes: Buffer): Generator<{ offset: number; line: Buffer }> {
  for (let offset = 0; ;) {
    const end = bytes.indexOf(NEWLINE, offset)
    if (end === -1) return
    yield { offset, line: bytes.subarray(offset, end) }
    offset = end + 1
  }
}

/** How much of a file is whole lines; what is behind was torn. */
export function endOfLines(bytes: Buffer): number {
  return bytes.lastIndexOf(NEWLINE) + 1
}

/** Taken out: nothing stands there any more, and what is behind stays where it is. */
export function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === BLANK)
}

/** A space. */
export const BLANK = 32
const NEWLINE = 10
