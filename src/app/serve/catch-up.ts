/** The journal has everything: what the database lacks is taken from there. */
import type { Instant } from '../../model/time.ts'
import { readJournal } from '../../store/cases.ts'
import type { CaseEntry, JournalEntry } from '../../store/cases.ts'
import type { Database, HostIdentity } from '../../store/database/types.ts'

export interface Books {
  database: Database
  host: HostIdentity
  /** Where the journal is. */
  dataFolder: string
}

/** In one transaction. */
const MAX_AT_ONCE = 200
/** Clocks may be set back a little. */
const MARGIN_MS = 5 * 60_000

/** Takes what was written down while no server ran, while the database was away, or a moment before the end. */
export async function catchUp(books: Books, onCase: (entry: CaseEntry) => void): Promise<void> {
  const known = (await books.database.hosts()).find(({ id }) => id === books.host.id)
  await takeAgain(books, known?.lastSeen ?? Number.NEGATIVE_INFINITY, onCase)
}

/** Takes what was written down from then on; what the database has already changes nothing. */
export async function takeAgain(
  { database, host, dataFolder }: Books,
  since: Instant,
  onCase: (entry: CaseEntry) => void = () => {},
): Promise<void> {
  let piece: JournalEntry[] = []
  for await (const entry of readJournal(dataFolder)) {
    if (entry.at < since - MARGIN_MS) continue
    if (entry.kind === 'case') onCase(entry)
    piece.push(entry)
    if (piece.length < MAX_AT_ONCE) continue
    await database.take(host, piece)
    piece = []
  }
  await database.take(host, piece)
}
