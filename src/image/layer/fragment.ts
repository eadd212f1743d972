/**
 * What was found in one layer, on disk: lines of JSON, and beside them a number for each of its entries. It is true of the
 * layer alone, whatever lies above or below it, so that it can be kept for every image that has this layer.
 */
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { threadId } from 'node:worker_threads'
import type { Found } from '../../sbom/cataloger.ts'
import { pathHash } from './path-hash.ts'

/** One line. */
export type FragmentLine =
  /** A cataloger read the file; what it found may be nothing. Later lines may go on with the same file. */
  | { kind: 'hit'; path: string; by: string; found: readonly Found[] }
  /** A second name for a file that somebody wants under the new name. */
  | { kind: 'alias'; path: string; target: string }
  | { kind: 'link'; path: string; target: string }
  /** Removes this path of the layers below, and all that lies under it. */
  | { kind: 'gone'; path: string }
  /** Removes what lies under this folder in the layers below. */
  | { kind: 'opaque'; path: string }
  | { kind: 'problem'; path: string | null; says: string }
  | { kind: 'summary'; summary: LayerSummary }

export interface LayerSummary {
  /** Entries of any kind. */
  entries: number
  files: number
  /** Of all files together, in bytes. */
  fileBytes: number
}

/** Where a fragment lies. */
export interface FragmentPlace {
  lines: string
  marks: string
}

export function fragmentPlace(base: string): FragmentPlace {
  return { lines: `${base}.jsonl`, marks: `${base}.marks` }
}

export interface FragmentWriter {
  line(line: FragmentLine): void
  /** An entry is there: it hides what lies at its path below, and, unless it is a folder, what lies under it. */
  mark(path: string, isFolder: boolean): void
  /** Only now it stands at its place. */
  finish(summary: LayerSummary): void
  abandon(): void
}

const BUFFER_BYTES = 64 * 1024
const MARK_BYTES = 8
/** Several may write the same fragment at once; the last one to finish wins, and they are the same. */
const PART = `.${process.pid}-${threadId}.part`

export function openFragmentWriter(place: FragmentPlace): FragmentWriter {
  const parts = { lines: `${place.lines}${PART}`, marks: `${place.marks}${PART}` }
  const lines = openSink(parts.lines)
  const marks = openSink(parts.marks)
  const mark = Buffer.allocUnsafe(MARK_BYTES)
  return {
    line: (line) => lines.write(Buffer.from(`${JSON.stringify(line)}\n`)),
    mark(path, isFolder) {
      mark.writeDoubleLE(isFolder ? -pathHash(path) : pathHash(path))
      marks.write(mark)
    },
    finish(summary) {
      lines.write(Buffer.from(`${JSON.stringify({ kind: 'summary', summary })}\n`))
      marks.close()
      lines.close()
      // The lines come last: where they are, all is there.
      renameSync(parts.marks, place.marks)
      renameSync(parts.lines, place.lines)
    },
    abandon() {
      lines.close()
      marks.close()
      rmSync(parts.lines, { force: true })
      rmSync(parts.marks, { force: true })
    },
  }
}

interface Sink {
  write(bytes: Buffer): void
  close(): void
}

function openSink(path: string): Sink {
  const descriptor = openSync(path, 'w', 0o600)
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES)
  let filled = 0
  const flush = (): void => {
    writeAll(descriptor, buffer.subarray(0, filled))
    filled = 0
  }
  return {
    write(bytes) {
      if (filled + bytes.length > BUFFER_BYTES) flush()
      if (bytes.length > BUFFER_BYTES) return writeAll(descriptor, bytes)
      bytes.copy(buffer, filled)
      filled += bytes.length
    },
    close() {
      flush()
      closeSync(descriptor)
    },
  }
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done)
}
