/** Reads the journal, also while it is written: one segment in memory at a time. */
import { closeSync, openSync, readSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { MIB } from '../../model/bytes.ts'
import { errorCode } from '../../model/error-code.ts'
import { checkedRest, endedLines, isBlank } from './line.ts'
import { type Segment, segmentsIn } from './places.ts'

/** Where a line stands. */
export interface LinePlace {
  segment: Segment
  offset: number
  length: number
}

export interface ScannedLine {
  place: LinePlace
  /** See `checkedRest`; null: the line is damaged. */
  rest: Buffer | null
}

/** Eight times what a segment may be: whoever put more there is not us. */
const MAX_SEGMENT_BYTES = 64 * MIB

/**
 * The lines of each segment, in the order in which they were written. A torn line at the end is left out: it is still being
 * written, or was torn before it counted.
 */
export async function* readSegments(
  folder: string,
  isWanted: (segment: Segment) => boolean = () => true,
): AsyncGenerator<Generator<ScannedLine>> {
  for (const segment of segmentsIn(folder).filter(isWanted)) {
    if (segment.bytes > MAX_SEGMENT_BYTES) yield unread(segment)
    else {
      const bytes = await readFile(segment.path).catch(nullWhereGone)
      if (bytes !== null) yield linesOf(segment, bytes)
    }
  }
}

function* unread(segment: Segment): Generator<ScannedLine> {
  yield { place: { segment, offset: 0, length: 0 }, rest: null }
}

function* linesOf(segment: Segment, bytes: Buffer): Generator<ScannedLine> {
  for (const { offset, line } of endedLines(bytes)) {
    if (isBlank(line)) continue
    yield { place: { segment, offset, length: line.length }, rest: checkedRest(line) }
  }
}

/** One line again; null where it is gone meanwhile. */
export function readLine({ segment, offset, length }: LinePlace): Buffer | null {
  let descriptor: number
  try {
    descriptor = openSync(segment.path, 'r')
  } catch (error) {
    return nullWhereGone(error)
  }
  try {
    const bytes = Buffer.alloc(length)
    return readSync(descriptor, bytes, 0, length, offset) === length ? checkedRest(bytes) : null
  } finally {
    closeSync(descriptor)
  }
}

/** The oldest segments go while somebody reads. */
function nullWhereGone(error: unknown): null {
  if (errorCode(error) === 'ENOENT') return null
  throw error
}
