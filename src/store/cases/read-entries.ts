import { readCaseEntry, readHead } from './entry-json.ts'
import type { JournalEntry } from './entry.ts'
import { casesFolder } from './places.ts'
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

/** An entry that comes from elsewhere, as `entryDocument` wrote it; null where it is none that this version knows. */
export function readJournalEntry(json: unknown): JournalEntry | null {
  if (typeof json !== 'object' || json === null) return null
  return entryIn(Buffer.from(JSON.stringify(json).slice(1)))
}

function entryOf({ rest }: ScannedLine): JournalEntry | null {
  return rest === null ? null : entryIn(rest)
}

function entryIn(rest: Buffer): JournalEntry | null {
  const head = readHead(rest)
  if (head === null || head.kind === 'segment') return null
  return head.kind === 'case' ? readCaseEntry(rest) : head
}
