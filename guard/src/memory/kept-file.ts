import { closeSync, openSync, readSync } from 'node:fs'

/** The kernel makes these files anew at each read from their beginning, so one that stays open costs a third of opening it again. */
export interface KeptFile {
  /** Null: it is not there, or cannot be read (any more). */
  read(): string | null
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
  return {
    read() {
      if (descriptor === null && performance.now() - triedMs < TRY_AGAIN_MS) return null
      try {
        triedMs = performance.now()
        descriptor ??= openSync(path, 'r')
        return buffer.toString('latin1', 0, readSync(descriptor, buffer, 0, LARGEST, 0))
      } catch {
        close()
        return null
      }
    },
    close,
  }
}
