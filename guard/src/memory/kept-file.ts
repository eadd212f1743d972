import { closeSync, openSync, readSync } from 'node:fs'

/** The kernel makes these files anew at each read from their beginning, so one that stays open costs a third of opening it again. */
export interface KeptFile {
  /** Null: it is not there, or cannot be read (any more). */
  read(): string | null
  /** What of it is a number, without making a text of it; null: it is none, as `max`. */
  number(): number | null
  close(): void
}

/** The longest of them is `memory.stat`, of less than 4 KiB. */
const LARGEST = 16 * 1024
/** Files that a kernel does not have are asked for again and again, and each time takes longer than to read one that is there. */
const TRY_AGAIN_MS = 10_000
const buffer = Buffer.allocUnsafeSlow(LARGEST)

export function keptFile(path: string): KeptFile {
  let descriptor: number | null = null
  let triedMs = -Infinity
  function close(): void {
    if (descriptor !== null) closeSync(descriptor)
    descriptor = null
  }
  /** Fills the buffer, and gives how far; 0: there is nothing to be read. */
  function fill(): number {
    if (descriptor === null) {
      const nowMs = performance.now()
      if (nowMs - triedMs < TRY_AGAIN_MS) return 0
      triedMs = nowMs
    }
    try {
      descriptor ??= openSync(path, 'r')
      return readSync(descriptor, buffer, 0, LARGEST, 0)
    } catch {
      close()
      return 0
    }
  }
  return {
    read() {
      const end = fill()
      return descriptor === null ? null : buffer.toString('latin1', 0, end)
    },
    number: () => numberIn(fill()),
    close,
  }
}

const [ZERO, NINE, NEWLINE] = [48, 57, 10]

/** Of so many bytes of the buffer: digits, and the end of a line. */
function numberIn(end: number): number | null {
  let value = 0
  for (let at = 0; at < end; at++) {
    const byte = buffer[at] ?? NEWLINE
    if (byte === NEWLINE && at > 0) return value
    if (byte < ZERO || byte > NINE) return null
    value = value * 10 + byte - ZERO
  }
  return end === 0 ? null : value
}
