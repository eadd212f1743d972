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

function entryOf({ rest }: ScannedLine): JournalEntry | null {
  if (rest === null) return null
  const head = readHead(rest)
  if (head === null || head.kind === 'segment') return null
  return head.kind === 'case' ? readCaseEntry(rest) : head
}
