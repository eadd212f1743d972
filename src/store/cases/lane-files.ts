/** The files of one lane: the newest is added to, and the oldest go. */
import { closeSync, openSync, readFileSync, readSync, rmSync } from 'node:fs'
import type { Instant } from '../../model/time.ts'
import { type Dropped, readHead, type SegmentHead, segmentDocument } from './entry-json.ts'
import { checkedRest, endedLines, guardedLine } from './line.ts'
import { type Lane, type Segment, segmentPath, segmentsIn } from './places.ts'
import { type Caps, type Ended, outdated } from './retention.ts'
import { createSegmentFile, reopenSegmentFile, type SegmentFile } from './segment-file.ts'

export interface LaneFiles {
  /** Adds lines; when it returns they are on the disk. Where it throws, the next call begins anew from what is there. */
  append(lines: readonly string[]): void
  close(): void
}

/** A segment goes as a whole, so that it must be a small part of what is kept. */
const SEGMENTS_BY_SIZE = 32
const SEGMENTS_BY_AGE = 10
const HEAD_BYTES = 512

export function openLaneFiles(
  place: { folder: string; lane: Lane },
  caps: Caps,
  now: () => Instant,
): LaneFiles {
  const { folder, lane } = place
  const segmentBytes = Math.ceil(caps.maxBytes / SEGMENTS_BY_SIZE)
  const segmentMs = caps.maxAgeMs / SEGMENTS_BY_AGE
  /** Oldest first; the last one is `file`. */
  let segments: (Segment & Ended)[] = []
  let dropped: Dropped | null = null
  let file = reopen()

  /** Goes on with the newest file that holds anything. */
  function reopen(): SegmentFile | null {
    segments = []
    for (const segment of segmentsIn(folder).filter((each) => each.lane === lane)) {
      const head = readSegmentHead(segment.path)
      segments.push({ ...segment, startsAt: head?.at ?? 0 })
      dropped = head?.dropped ?? dropped
    }
    for (let last = segments.at(-1); last !== undefined; last = segments.at(-1)) {
      const whole = reopenSegmentFile(last.path)
      if (whole !== null) return whole
      segments.pop()
    }
    return null
  }

  function append(lines: readonly string[]): void {
    try {
      file ??= reopen()
      for (const text of chunksOf(lines, segmentBytes)) {
        if (file === null || isFull(file, text)) file = begin(text)
        else file.append(text)
      }
    } catch (error) {
      close()
      throw error
    }
  }

  function isFull({ bytes }: SegmentFile, text: string): boolean {
    const age = Math.abs(now() - (segments.at(-1)?.startsAt ?? 0))
    return bytes + Buffer.byteLength(text) > segmentBytes || age >= segmentMs
  }

  /** What the oldest were is told by the newest, before they go. */
  function begin(text: string): SegmentFile {
    const last = segments.at(-1)
    if (last !== undefined) last.bytes = file?.bytes ?? last.bytes
    close()
    const at = now()
    const room = Math.max(segmentBytes, Buffer.byteLength(text)) + HEAD_BYTES
    const gone = outdated(segments, at, { ...caps, room })
    const told = gone.reduce(withDropped, dropped)
    const number = (last?.number ?? 0) + 1
    const path = segmentPath(folder, lane, number)
    const fresh = createSegmentFile(
      path,
      guardedLine(segmentDocument({ at, dropped: told })) + text,
    )
    dropped = told
    for (const { path: old } of gone) rmSync(old, { force: true })
    segments = segments.filter((segment) => !gone.includes(segment))
    segments.push({ path, lane, number, bytes: fresh.bytes, startsAt: at })
    return fresh
  }

  function withDropped(sum: Dropped | null, segment: Segment & Ended): Dropped {
    const next = segments[segments.indexOf(segment) + 1]?.startsAt ?? now()
    const until = Math.max(sum?.until ?? 0, segment.startsAt, next)
    return { entries: (sum?.entries ?? 0) + entriesIn(segment.path), until }
  }

  function close(): void {
    file?.close()
    file = null
  }

  return { append, close }
}

/** A storm may be larger than a segment. */
function chunksOf(lines: readonly string[], mostBytes: number): string[] {
  const chunks: { text: string; bytes: number }[] = []
  for (const line of lines) {
    const bytes = Buffer.byteLength(line)
    const last = chunks.at(-1)
    if (last === undefined || last.bytes + bytes > mostBytes) {
      chunks.push({ text: line, bytes })
    } else {
      last.text += line
      last.bytes += bytes
    }
  }
  return chunks.map(({ text }) => text)
}

/** What the first line of a segment says; null where it is damaged. */
function readSegmentHead(path: string): SegmentHead | null {
  const descriptor = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(HEAD_BYTES)
    const read = readSync(descriptor, bytes, 0, HEAD_BYTES, 0)
    const [first] = endedLines(bytes.subarray(0, read))
    const rest = first === undefined ? null : checkedRest(first.line)
    const head = rest === null ? null : readHead(rest)
    return head?.kind === 'segment' ? head : null
  } finally {
    closeSync(descriptor)
  }
}

/** All lines but the first. */
function entriesIn(path: string): number {
  let lines = 0
  for (const _ of endedLines(readFileSync(path))) lines += 1
  return Math.max(lines - 1, 0)
}
