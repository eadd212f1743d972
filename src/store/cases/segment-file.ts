/** The file of the journal that is being written. */
import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { KIB } from '../../model/bytes.ts'
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
  const descriptor = openSync(path, 'r+')
  const size = fstatSync(descriptor).size
  const end = endOfWhole(descriptor, size)
  if (end < size) ftruncateSync(descriptor, end)
  closeSync(descriptor)
  if (end > 0) return segmentFile(openSync(path, 'a', 0o600), end)
  rmSync(path)
  return null
}

const PIECE_BYTES = 64 * KIB

/** Looks for the last newline from the end: a torn line is short, and a file is not. */
function endOfWhole(descriptor: number, size: number): number {
  const piece = Buffer.alloc(PIECE_BYTES)
  for (let to = size; to > 0; to -= PIECE_BYTES) {
    const from = Math.max(to - PIECE_BYTES, 0)
    const read = readSync(descriptor, piece, 0, to - from, from)
    const end = endOfLines(piece.subarray(0, read))
    if (end > 0) return from + end
  }
  return 0
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
