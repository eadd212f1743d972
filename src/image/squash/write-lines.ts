import { writeFileSync } from 'node:fs'

const PIECE_UNITS = 64 * 1024

/** Writes lines in pieces that are worth a write. */
export function writeLines(descriptor: number, lines: Iterable<string>): void {
  let held = ''
  for (const line of lines) {
    held += `${line}\n`
    if (held.length < PIECE_UNITS) continue
    writeFileSync(descriptor, held)
    held = ''
  }
  writeFileSync(descriptor, held)
}
