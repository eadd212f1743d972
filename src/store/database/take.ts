/** What hosts tell is written down: each incident, warning and change of sight once, whatever comes again. */
import type { Transaction } from 'kysely'
import { sql } from 'kysely'
import { largestOf, smallestOf } from '../../model/extremes.ts'
import type { CaseEntry, JournalEntry, WarningEntry, WatchEntry } from '../cases.ts'
import { clean } from './clean.ts'
import { caseRow, sightRow, warningRow } from './rows.ts'
import type { Tables } from './schema.ts'
import type { HostIdentity } from './types.ts'

type Work = Transaction<Tables>

/** Writes what is new of the entries of a host, and gives that. Entries that come again change nothing. */
export async function take(
  work: Work,
  host: HostIdentity,
  entries: readonly JournalEntry[],
): Promise<readonly JournalEntry[]> {
  const first = entries[0]
  if (first === undefined) return []
  await seen(work, host, entries)
  const fresh: JournalEntry[] = []
  fresh.push(...(await takeCases(work, host.id, latest(entries))))
  fresh.push(...(await takeWarnings(work, host.id, entries)))
  fresh.push(...(await takeSights(work, host.id, entries)))
  return fresh
}

async function seen(
  work: Work,
  { id, name }: HostIdentity,
  entries: readonly JournalEntry[],
): Promise<void> {
  const times = entries.map(({ at }) => at)
  const row = {
    id: clean(id),
    name: clean(name),
    first_seen: new Date(smallestOf(times)),
    last_seen: new Date(largestOf(times)),
  }
  await work
    .insertInto('hosts')
    .values(row)
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({
        name: row.name,
        first_seen: sql`least(hosts.first_seen, excluded.first_seen)`,
        last_seen: sql`greatest(hosts.last_seen, excluded.last_seen)`,
      }),
    )
    .execute()
}

/** Of each incident the latest revision: a statement may touch a row only once. */
function latest(entries: readonly JournalEntry[]): Map<string, CaseEntry> {
  const found = new Map<string, CaseEntry>()
  for (const entry of entries) {
    if (entry.kind !== 'case') continue
    const before = found.get(entry.incident)
    if (before === undefined || before.revision < entry.revision) found.set(entry.incident, entry)
  }
  return found
}

async function takeCases(
  work: Work,
  hostId: string,
  found: ReadonlyMap<string, CaseEntry>,
): Promise<CaseEntry[]> {
  if (found.size === 0) return []
  const rows = [...found.values()].map((entry) => caseRow(hostId, entry))
  const columns = Object.keys(rows[0] ?? {}).filter(
    (name) => name !== 'host_id' && name !== 'incident',
  )
  const written = await work
    .insertInto('cases')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(['host_id', 'incident'])
        .doUpdateSet(Object.fromEntries(columns.map((name) => [name, sql.ref(`excluded.${name}`)])))
        .whereRef('cases.revision', '<', 'excluded.revision'),
    )
    .returning('incident')
    .execute()
  return written.flatMap(({ incident }) => found.get(incident) ?? [])
}

async function takeWarnings(
  work: Work,
  hostId: string,
  entries: readonly JournalEntry[],
): Promise<WarningEntry[]> {
  const fresh: WarningEntry[] = []
  for (const entry of entries) {
    if (entry.kind !== 'warning') continue
    const written = await work
      .insertInto('warnings')
      .values(warningRow(hostId, entry))
      .onConflict((conflict) => conflict.doNothing())
      .returning('path')
      .execute()
    if (written.length > 0) fresh.push(entry)
  }
  return fresh
}

async function takeSights(
  work: Work,
  hostId: string,
  entries: readonly JournalEntry[],
): Promise<WatchEntry[]> {
  const fresh: WatchEntry[] = []
  for (const entry of entries) {
    if (entry.kind !== 'watch') continue
    const row = sightRow(hostId, entry)
    const written = await work
      .insertInto('sights')
      .values(row)
      .onConflict((conflict) =>
        conflict
          .columns(['host_id', 'source'])
          .doUpdateSet({ at: row.at, what: row.what, says: row.says })
          .where('sights.at', '<', row.at),
      )
      .returning('source')
      .execute()
    if (written.length === 0) continue
    fresh.push(entry)
    // A watch that begins says anew what it does not see.
    if (entry.what === 'started') await forgetSights(work, hostId, row.at)
  }
  return fresh
}

async function forgetSights(work: Work, hostId: string, before: Date | string): Promise<void> {
  await work
    .deleteFrom('sights')
    .where('host_id', '=', hostId)
    .where('source', '<>', '')
    .where('at', '<', new Date(before))
    .execute()
}
