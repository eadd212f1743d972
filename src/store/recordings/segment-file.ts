/** One level of a recording on disk: files that are only added to, each for a stretch of time. */
import { closeSync, openSync, writeSync } from 'node:fs'
import type { Subject } from '../../model/subject.ts'
import type { Instant } from '../../model/time.ts'
import { writeRecordingLine } from '../../parsers/series/recording-line.ts'
import type { RecordingLine } from '../../parsers/series/recording-line.ts'
import { SEGMENT_BYTES } from './levels.ts'
import type { Level } from './levels.ts'
import { segmentPath } from './places.ts'

export interface SegmentFile {
  /** Adds lines. True: a new file was begun for them. */
  append(at: Instant, lines: readonly RecordingLine[]): boolean
  /** The file that is being written, which must not be removed. */
  readonly path: string | null
  close(): void
}

/** Every run begins a file of its own: the last line of an earlier one may be torn. */
export function openSegmentFile(folder: string, subject: Subject, level: Level): SegmentFile {
  let descriptor: number | null = null
  let path: string | null = null
  let startedAt = 0
  let bytes = 0

  function close(): void {
    if (descriptor !== null) closeSync(descriptor)
    descriptor = null
    path = null
  }

  function append(at: Instant, lines: readonly RecordingLine[]): boolean {
    if (lines.length === 0) return false
    const isFull = at - startedAt >= level.segmentMs || bytes >= SEGMENT_BYTES
    const begins = descriptor === null || isFull
    let target = descriptor
    if (target === null || isFull) {
      close()
      path = segmentPath(folder, level, at)
      target = openSync(path, 'a', 0o600)
      descriptor = target
      startedAt = at
      bytes = write(target, `${writeRecordingLine({ kind: 'head', subject })}\n`)
    }
    bytes += write(target, lines.map((line) => `${writeRecordingLine(line)}\n`).join(''))
    return begins
  }

  return {
    append,
    get path() {
      return path
    },
    close,
  }
}

/** All of it, in one call where the disk takes it: what a kill interrupts is one torn line. */
function write(descriptor: number, text: string): number {
  const bytes = Buffer.from(text)
  for (let written = 0; written < bytes.length;) {
    written += writeSync(descriptor, bytes, written)
  }
  return bytes.length
}
