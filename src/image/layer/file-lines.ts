import { closeSync, openSync, readSync } from 'node:fs'

const NEWLINE = 0x0a

/** The lines of a file without their ends, one after the other in the same memory: each is valid until the next. */
export function* fileLines(path: string, chunkBytes: number): Generator<Buffer> {
  const descriptor = openSync(path, 'r')
  try {
    let buffer = Buffer.allocUnsafe(chunkBytes)
    let filled = 0
    for (;;) {
      // A line that is longer than the memory.
      if (filled === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2)
      const length = readSync(descriptor, buffer, filled, buffer.length - filled, null)
      if (length === 0) return
      const until = filled + length
      const fresh = buffer.subarray(0, until)
      let from = 0
      // No end was in what was there before.
      for (
        let end = fresh.indexOf(NEWLINE, filled);
        end !== -1;
        end = fresh.indexOf(NEWLINE, from)
      ) {
        yield buffer.subarray(from, end)
        from = end + 1
      }
      buffer.copyWithin(0, from, until)
      filled = until - from
    }
  } finally {
    closeSync(descriptor)
  }
}
