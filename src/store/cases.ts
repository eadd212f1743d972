/**
 * The journal of cases: what `stella watch` found and what was imported, in the folder `cases` of the data folder. It is only
 * added to, a line for each entry, and is bounded in size and age; it can be read while it is written.
 */
export { openCaseJournal } from './cases/writer.ts'
export type { CaseJournal, JournalOptions } from './cases/writer.ts'
export type { CaseEntry, JournalEntry, WarningEntry, WatchEntry } from './cases/entry.ts'
export {
  endOfWatched,
  JOURNAL_START,
  readJournal,
  readJournalEntry,
  readWatched,
} from './cases/read-entries.ts'
export type { JournalPlace, Passed } from './cases/read-entries.ts'
export { findCases, readRecordedCase, recordedIds, surveyCases } from './cases/survey.ts'
export type { CaseFilter, JournalSurvey, RecordedCase } from './cases/survey.ts'
export { blankLine, damagedLines, putLineBack, stateOf } from './cases/repair.ts'
export type { LineState } from './cases/repair.ts'
export { nobodyWatched } from './cases/watched.ts'
export type { WatchGap } from './cases/watched.ts'
