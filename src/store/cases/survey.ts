import { existsSync } from 'node:fs'
import type { VerdictCode } from '../../model/case.ts'
import type { Instant } from '../../model/time.ts'
import { livingOwner } from '../lock.ts'
import { storeProblem } from '../problems.ts'
import { type CaseHead, type Dropped, readCaseEntry, readHead } from './entry-json.ts'
import type { CaseEntry, WarningEntry } from './entry.ts'
import { casesFolder, lockOf } from './places.ts'
import { type LinePlace, readLine, readSegments } from './read-lines.ts'
import { watchLedger, type WatchGap } from './watched.ts'

/** A case of the journal, without what it says: `readRecordedCase` gets that. */
export interface RecordedCase {
  incident: string
  id: string
  /** When it happened; where that is not known, when it was written down. */
  at: Instant
  place: LinePlace
}

export interface CaseFilter {
  /** Cases that happened since then. */
  since?: Instant
  verdicts?: readonly VerdictCode[]
  /** A part of the subject's name, or the beginning of its id. */
  subject?: string
  /** The newest so many. */
  limit?: number
}

export interface JournalSurvey {
  /** Incidents of the filter by their latest revision, newest first. */
  cases: readonly RecordedCase[]
  /** So many more are there than the limit lets through. */
  more: number
  /** The newest warning; null: there is none. */
  warning: WarningEntry | null
  /** When nobody watched; null: there never was a watch. */
  gaps: readonly WatchGap[] | null
  /** What went because of the caps on size and age. */
  dropped: readonly Dropped[]
  /** Lines that could not be read. */
  damaged: number
}

/**
 * What is recorded.
 *
 * @throws StellaError (unreachable) where it may not be read
 */
export async function surveyCases(
  dataFolder: string,
  filter: CaseFilter = {},
): Promise<JournalSurvey> {
  const folder = casesFolder(dataFolder)
  const survey = await guarded(folder, () => read(folder, (head) => passes(head, filter)))
  const limit = filter.limit ?? survey.cases.length
  return {
    ...survey,
    cases: survey.cases.slice(0, limit),
    more: Math.max(survey.cases.length - limit, 0),
  }
}

/**
 * The cases whose id begins so, newest first. The id of an earlier revision leads to the latest one of the same incident.
 *
 * @throws StellaError (unreachable) where the journal may not be read
 */
export async function findCases(dataFolder: string, prefix: string): Promise<RecordedCase[]> {
  const folder = casesFolder(dataFolder)
  const incidents = new Set<string>()
  const { cases } = await guarded(folder, () =>
    read(folder, ({ incident, case: { id } }) => {
      if (id.startsWith(prefix)) incidents.add(incident)
      return incidents.has(incident)
    }),
  )
  return [...cases]
}

/** The ids of all cases, those of earlier revisions too. */
export async function recordedIds(dataFolder: string): Promise<Set<string>> {
  const folder = casesFolder(dataFolder)
  const ids = new Set<string>()
  await guarded(folder, () =>
    read(folder, (head) => {
      ids.add(head.case.id)
      return false
    }),
  )
  return ids
}

/** What a recorded case says; null where it was dropped meanwhile, or another version wrote it. */
export function readRecordedCase({ place }: RecordedCase): CaseEntry | null {
  try {
    const rest = readLine(place)
    return rest === null ? null : readCaseEntry(rest)
  } catch (error) {
    throw storeProblem(error, place.segment.path, THING)
  }
}

async function read(
  folder: string,
  isWanted: (head: CaseHead) => boolean,
): Promise<Omit<JournalSurvey, 'more'>> {
  const cases = new Map<string, RecordedCase>()
  const dropped = new Map<string, Dropped>()
  const ledger = watchLedger()
  let warning: WarningEntry | null = null
  let damaged = 0
  for await (const lines of readSegments(folder)) {
    for (const { place, rest } of lines) {
      const head = rest === null ? null : readHead(rest)
      if (head === null) {
        damaged += 1
        continue
      }
      if (place.segment.lane === 'watch' && head.kind !== 'segment') ledger.note(head)
      if (head.kind === 'case') {
        const { incident, at, case: found } = head
        cases.delete(incident)
        if (isWanted(head)) {
          cases.set(incident, { incident, id: found.id, at: found.at ?? at, place })
        }
      } else if (head.kind === 'warning') warning = head
      else if (head.kind === 'segment' && head.dropped !== null) {
        dropped.set(place.segment.lane, head.dropped)
      }
    }
  }
  const isRunning =
    existsSync(folder) && livingOwner(lockOf(folder, 'watch'), { tidy: false }) !== null
  return {
    cases: [...cases.values()].toSorted((a, b) => b.at - a.at),
    warning,
    gaps: ledger.gaps(isRunning),
    dropped: [...dropped.values()],
    damaged,
  }
}

function passes({ at, case: found }: CaseHead, filter: CaseFilter): boolean {
  const { since, verdicts, subject } = filter
  return (
    (since === undefined || (found.at ?? at) >= since) &&
    (verdicts === undefined || verdicts.includes(found.verdict.code)) &&
    (subject === undefined ||
      found.subject.name?.includes(subject) === true ||
      found.subject.id?.startsWith(subject) === true)
  )
}

const THING = 'the journal of cases'

async function guarded<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw storeProblem(error, path, THING)
  }
}
