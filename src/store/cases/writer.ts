import { unreachableError } from '../../model/errors.ts'
import { MIB } from '../../model/bytes.ts'
import type { Instant } from '../../model/time.ts'
import { privateFolder } from '../durable.ts'
import { takeLock } from '../lock.ts'
import { storeProblem } from '../problems.ts'
import { entryDocument } from './entry-json.ts'
import type { JournalEntry } from './entry.ts'
import { knownIncidents } from './known.ts'
import { openLaneFiles } from './lane-files.ts'
import { guardedLine } from './line.ts'
import { casesFolder, type Lane, lockOf } from './places.ts'

/** Writes the journal of cases. */
export interface CaseJournal {
  /** `DATA/cases`. */
  readonly folder: string
  /**
   * Writes the entries of one moment; when it returns they are on the disk. Secrets are taken out.
   *
   * @throws StellaError (unreachable) where the disk is full or may not be written; what was written before stays readable, and
   *   the next call tries again
   */
  append(entries: readonly JournalEntry[]): void
  /** Incidents that are recorded, the newest 10,000, each with its latest revision: nothing has to be recorded twice. */
  known(): ReadonlyMap<string, number>
  close(): void
}

export interface JournalOptions {
  now: () => Instant
  /** Default: 256 MiB. */
  maxBytes?: number
  /** Default: 90 days. */
  maxAgeMs?: number
  /** What a watch finds, or what is imported beside it; each has one writer. Default: `watch`. */
  lane?: Lane
}

const MAX_BYTES = 256 * MIB
const MAX_AGE_MS = 90 * 86_400_000

/**
 * Opens the journal of cases for writing, and cuts off what a crash left torn.
 *
 * @param dataFolder see `dataFolder` in data-folder.ts
 * @throws StellaError (unreachable) where the folder cannot be written, or another process writes the journal
 */
export function openCaseJournal(dataFolder: string, options: JournalOptions): CaseJournal {
  const { now, maxBytes = MAX_BYTES, maxAgeMs = MAX_AGE_MS, lane = 'watch' } = options
  const folder = casesFolder(dataFolder)
  const lock = guarded(() => {
    privateFolder(folder)
    return takeLock(lockOf(folder, lane), { purpose: 'the journal of cases', at: now() })
  })
  if (!lock.ok) {
    throw unreachableError(
      `process ${lock.owner.pid} writes the journal of cases already`,
      folder,
      'let that one go on, or end it first',
    )
  }
  try {
    const files = guarded(() => openLaneFiles({ folder, lane }, { maxBytes, maxAgeMs }, now))
    const known = guarded(() => knownIncidents(folder, lane))
    return {
      folder,
      append(entries) {
        const lines = entries.map((entry) => guardedLine(entryDocument(entry)))
        guarded(() => files.append(lines))
        for (const entry of entries) {
          if (entry.kind !== 'case') continue
          for (const name of [...(entry.also ?? []), entry.incident]) {
            known.note(name, entry.revision)
          }
        }
      },
      known: () => known.revisions,
      close() {
        files.close()
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }

  function guarded<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw storeProblem(error, folder, 'the journal of cases')
    }
  }
}
