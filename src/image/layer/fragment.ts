/**
 * What was found in one layer, on disk: lines of JSON, in the order of the layer. It is true of the layer alone, whatever
 * lies above or below it, so that it can be kept for every image that has this layer.
 */
import { closeSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { threadId } from 'node:worker_threads'
import type { Found } from '../../sbom/cataloger.ts'

/** One line. */
export type FragmentLine =
  /**
   * Entries are there: each hides what lies at its path below, and, unless it is a folder, what lies under it. Names of
   * folders end with a slash. Lines that follow tell more of the last of them.
   */
  | { kind: 'entries'; folder: string; names: readonly string[] }
  /** A cataloger read the file; what it found may be nothing. Later lines may go on with the same file. */
  | { kind: 'hit'; path: string; by: string; found: readonly Found[] }
  /** The same of a file that is wanted under a second name alone; at the end of all lines. */
  | { kind: 'linked'; path: string; by: string; found: readonly Found[] }
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
  /** Files that were read again for their second name. */
  linked: number
}

export interface FragmentWriter {
  line(line: FragmentLine): void
  entry(path: string, isFolder: boolean): void
  /** Only now it stands at its place. */
  finish(summary: LayerSummary): void
  abandon(): void
}

const BUFFER_BYTES = 64 * 1024
/** Of a unit of UTF-16 in UTF-8. */
const MAX_UNIT_BYTES = 3
/** Of one line. */
const MAX_NAMES = 256
/** Several may write the same fragment at once; the last one to finish wins, and they are the same. */
const PART = `${process.pid}-${threadId}`
let count = 0

/** @param place the path where the fragment is to stand */
export function openFragmentWriter(place: string): FragmentWriter {
  const part = `${place}.${PART}-${count++}.part`
  const sink = openSink(part)
  let folder = ''
  let names: string[] = []
  const write = (line: FragmentLine): void => sink.write(`${JSON.stringify(line)}\n`)
  const flush = (): void => {
    if (names.length > 0) write({ kind: 'entries', folder, names })
    names = []
  }
  return {
    line(line) {
      flush()
      write(line)
    },
    entry(path, isFolder) {
      const slash = path.lastIndexOf('/')
      const length = Math.max(0, slash)
      const isSameFolder = length === folder.length && path.startsWith(folder)
      if (!isSameFolder || names.length >= MAX_NAMES) flush()
      if (!isSameFolder) folder = path.slice(0, length)
      const name = path.slice(slash + 1)
      names.push(isFolder ? `${name}/` : name)
    },
    finish(summary) {
      flush()
      write({ kind: 'summary', summary })
      sink.close()
      renameSync(part, place)
    },
    abandon() {
      sink.discard()
      rmSync(part, { force: true })
    },
  }
}

interface Sink {
  write(text: string): void
  close(): void
  /** Closes it without what was not written yet; once closed, it does nothing. */
  discard(): void
}

function openSink(path: string): Sink {
  const descriptor = openSync(path, 'w', 0o600)
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES)
  let filled = 0
  let isOpen = true
  const flush = (): void => {
    writeFileSync(descriptor, buffer.subarray(0, filled))
    filled = 0
  }
  return {
    write(text) {
      const most = text.length * MAX_UNIT_BYTES
      if (filled + most > BUFFER_BYTES) flush()
      if (most > BUFFER_BYTES) writeFileSync(descriptor, text)
      else filled += buffer.write(text, filled)
    },
    close() {
      if (!isOpen) return
      isOpen = false
      try {
        flush()
      } finally {
        closeSync(descriptor)
      }
    },
    discard() {
      filled = 0
      this.close()
    },
  }
}
