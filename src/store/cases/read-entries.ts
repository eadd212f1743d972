import { writeJson } from '../../parsers/json-fields.ts'
import { readCaseEntry, readHead } from './entry-json.ts'
import type { JournalEntry } from './entry.ts'
import { casesFolder, segmentsIn, type Segment } from './places.ts'
import { readSegments, type ScannedLine } from './read-lines.ts'

/**
 * Every entry of the journal as it was written, earlier revisions too; those of the watch in their order, then what was
 * imported. Damaged lines are left out: `surveyCases` counts them.
 */
export async function* readJournal(dataFolder: string): AsyncGenerator<JournalEntry> {
  for await (const lines of readSegments(casesFolder(dataFolder))) {
    for (const line of lines) {
      const entry = entryOf(line)
      if (entry !== null) yield entry
    }
  }
}

/** How far somebody has read what the watch wrote: up to this byte of this segment. No clock has a part in it. */
export interface JournalPlace {
  segment: number
  offset: number
}

export const JOURNAL_START: JournalPlace = { segment: 1, offset: 0 }

/** A line that was passed. */
export interface Passed {
  /** Null: the line is none that this version knows. */
  entry: JournalEntry | null
  after: JournalPlace
  /** What stood before it was dropped because of the caps of the journal, and was not read. */
  isAfterGap: boolean
}

/** What the watch wrote behind a place; all of it where the place is in a journal that is gone. */
export async function* readWatched(
  dataFolder: string,
  place: JournalPlace,
): AsyncGenerator<Passed, void> {
  const isGone = place.segment > endOfWatched(dataFolder).segment
  const from = isGone ? JOURNAL_START : place
  const isWanted = (each: Segment): boolean => isWatched(each) && each.number >= from.segment
  let next = from.segment
  for await (const lines of readSegments(casesFolder(dataFolder), isWanted)) {
    for (const line of lines) {
      const { segment, offset, length } = line.place
      const isAfterGap = segment.number > next
      next = segment.number + 1
      if (segment.number === from.segment && offset < from.offset) continue
      const after = { segment: segment.number, offset: offset + length + 1 }
      yield { entry: entryOf(line), after, isAfterGap }
    }
  }
}

/** The place behind all that the watch has written until now. */
export function endOfWatched(dataFolder: string): JournalPlace {
  const last = segmentsIn(casesFolder(dataFolder)).findLast(isWatched)
  return last === undefined ? JOURNAL_START : { segment: last.number, offset: last.bytes }
}

function isWatched({ lane }: Segment): boolean {
  return lane === 'watch'
}

/** An entry that comes from elsewhere, as `entryDocument` wrote it; null where it is none that this version knows. */
export function readJournalEntry(json: unknown): JournalEntry | null {
  if (typeof json !== 'object' || json === null) return null
  // What is nested without end is parsed, and cannot be written.
  return entryIn(Buffer.from(writeJson(json).slice(1)))
}

function entryOf({ rest }: ScannedLine): JournalEntry | null {
  return rest === null ? null : entryIn(rest)
}

function entryIn(rest: Buffer): JournalEntry | null {
  const head = readHead(rest)
  if (head === null || head.kind === 'segment') return null
  return head.kind === 'case' ? readCaseEntry(rest) : head
}
