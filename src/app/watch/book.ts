/** Writes down what the watch finds, through a disk that is full for a while, and tells whoever listens. */
import { StellaError } from '../../model/errors.ts'
import type { Case } from '../../model/case.ts'
import type { Instant } from '../../model/time.ts'
import type { CaseEntry, CaseJournal, JournalEntry, WatchEntry } from '../../store/cases.ts'

export interface Book {
  /** Records incidents that are not recorded yet. One that is known is left out. */
  cases(found: readonly FoundCase[]): void
  /** Records what is known better now. */
  revise(incident: string, better: Case): void
  note(entry: Exclude<JournalEntry, CaseEntry>): void
  isKnown(incident: string): boolean
  /** Tries to write what could not be written. */
  retry(): void
}

export type FoundCase = Pick<CaseEntry, 'incident' | 'also' | 'case'>

export interface BookOptions {
  journal: CaseJournal
  now: () => Instant
  /** After it is on the disk, or at once where it cannot be written. */
  onEntry(entry: JournalEntry): void
}

/** Entries that wait while the disk is full; of more the oldest warnings, then the oldest cases are given up. */
const MAX_WAITING = 5_000

export function openBook({ journal, now, onEntry }: BookOptions): Book {
  let waiting: JournalEntry[] = []
  /** Those that could not be written yet. */
  const pending = new Map<string, number>()
  let givenUp = 0
  let trouble: string | null = null

  function revisionOf(incident: string): number | null {
    return pending.get(incident) ?? journal.known().get(incident) ?? null
  }

  function write(entries: readonly JournalEntry[]): void {
    if (entries.length === 0) return
    waiting.push(...entries)
    for (const entry of entries) {
      if (entry.kind !== 'case') continue
      for (const name of [entry.incident, ...(entry.also ?? [])]) pending.set(name, entry.revision)
    }
    flush()
    for (const entry of entries) onEntry(entry)
  }

  function flush(): void {
    if (waiting.length === 0) return
    try {
      journal.append(waiting)
      waiting = []
      pending.clear()
    } catch (error) {
      if (!(error instanceof StellaError)) throw error
      shed()
      if (trouble === null) tell('blind', `${error.message}: what is found is kept in memory`)
      trouble = error.message
      return
    }
    if (trouble === null) return
    trouble = null
    const lost = givenUp === 0 ? '' : `; ${givenUp} entries were given up meanwhile`
    givenUp = 0
    write([watchEntry('sees', `the journal is written again${lost}`)])
  }

  function shed(): void {
    while (waiting.length > MAX_WAITING) {
      const at = Math.max(
        0,
        waiting.findIndex(({ kind }) => kind !== 'case'),
      )
      waiting.splice(at, 1)
      givenUp++
    }
  }

  function watchEntry(what: WatchEntry['what'], says: string): WatchEntry {
    return { kind: 'watch', at: now(), what, source: 'journal', says }
  }

  /** It cannot be written, but it can be told. */
  function tell(what: WatchEntry['what'], says: string): void {
    onEntry(watchEntry(what, says))
  }

  return {
    cases(found) {
      const at = now()
      const fresh = new Map<string, FoundCase>()
      for (const one of found) {
        if (revisionOf(one.incident) === null) fresh.set(one.incident, one)
      }
      write([...fresh.values()].map((one) => ({ ...one, kind: 'case', at, revision: 1 })))
    },
    revise(incident, better) {
      const revision = (revisionOf(incident) ?? 0) + 1
      write([{ kind: 'case', at: now(), incident, revision, case: better }])
    },
    note: (entry) => write([entry]),
    isKnown: (incident) => revisionOf(incident) !== null,
    retry: flush,
  }
}
