/** The file of the journal that is being written. */
import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { syncFolder } from '../durable.ts'
import { endOfLines } from './line.ts'

export interface SegmentFile {
  readonly bytes: number
  /** All of it is on the disk when this returns; where it throws, nothing of it is in the file. */
  append(text: string): void
  close(): void
}

/** Begins a file with a text; where it throws, there is none. */
export function createSegmentFile(path: string, text: string): SegmentFile {
  const file = segmentFile(openSync(path, 'ax', 0o600), 0)
  try {
    file.append(text)
    syncFolder(dirname(path))
    return file
  } catch (error) {
    file.close()
    rmSync(path, { force: true })
    throw error
  }
}

/** Goes on with a file, without the torn line that a crash left at its end; null, and no file, where no line of it is whole. */
export function reopenSegmentFile(path: string): SegmentFile | null {
  const bytes = readFileSync(path)
  const end = endOfLines(bytes)
  if (end === 0) {
    rmSync(path)
    return null
  }
  if (end < bytes.length) truncateSync(path, end)
  return segmentFile(openSync(path, 'a', 0o600), end)
}

function segmentFile(descriptor: number, size: number): SegmentFile {
  let bytes = size
  return {
    get bytes() {
      return bytes
    },
    append(text) {
      const all = Buffer.from(text)
      try {
        for (let written = 0; written < all.length;) {
          written += writeSync(descriptor, all, written)
        }
        fsyncSync(descriptor)
        bytes += all.length
      } catch (error) {
        // A full disk takes half a line; what is behind it would be damaged.
        ftruncateSync(descriptor, bytes)
        throw error
      }
    },
    close: () => closeSync(descriptor),
  }
}
