import { readSync } from 'node:fs'
import type { RandomFile } from '../../sbom/cataloger.ts'
import { createReader } from './read-ahead.ts'

/** A part of an open file. */
export interface FilePart {
  descriptor: number
  offset: number
  length: number
}

/** A body where it lies. Reading it reuses one buffer. */
export function fileAt(part: FilePart, offset: number, path: string, size: number): RandomFile {
  const read = createReader((buffer, from, wanted) =>
    readAt(part, offset + from, buffer, 0, Math.min(wanted, size - from)),
  )
  return {
    path,
    size,
    read: (from, length) => read(from, Math.max(0, Math.min(length, size - from))),
  }
}

/** Reads as much as there is. */
export function readAt(
  part: FilePart,
  offset: number,
  into: Buffer,
  start: number,
  length: number,
): number {
  const wanted = Math.min(length, part.length - offset)
  let done = 0
  while (done < wanted) {
    const count = readSync(
      part.descriptor,
      into,
      start + done,
      wanted - done,
      part.offset + offset + done,
    )
    if (count === 0) break
    done += count
  }
  return done
}
