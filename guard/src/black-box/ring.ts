import { closeSync, existsSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { LINE_BYTES, lineOf } from './record.ts'
import type { BlackBoxRecord } from './record.ts'

/** A file of so many lines, the newest in the place of the oldest: it never grows. */
const LINES = 1_024

export interface Ring {
  write(record: Omit<BlackBoxRecord, 'n'>): void
  close(): void
}

/**
 * Begins a file anew. What a life before this one left is kept beside it, as `FILE.1`.
 * All of it is written at once, for when memory is out there is none for a new page of it.
 */
export function openRing(path: string): Ring {
  keepFormer(path)
  const descriptor = openSync(path, 'w')
  writeSync(descriptor, `${' '.repeat(LINE_BYTES - 1)}\n`.repeat(LINES))
  let n = 0
  return {
    write(record) {
      const at = (n % LINES) * LINE_BYTES
      n += 1
      writeSync(descriptor, lineOf({ n, ...record }), 0, LINE_BYTES, at)
    },
    close: () => closeSync(descriptor),
  }
}

function keepFormer(path: string): void {
  if (!existsSync(path)) return
  const former = readFileSync(path, 'latin1').trim()
  if (former === '') return
  if (!former.includes('"stella":"guard/1"')) {
    throw new Error(`${path} holds something else: give a file of its own`)
  }
  renameSync(path, `${path}.1`)
}
