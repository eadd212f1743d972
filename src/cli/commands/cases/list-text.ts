/** What `stella cases list` says, as lines. */
import { formatBytes } from '../../../model/bytes.ts'
import type { Case } from '../../../model/case.ts'
import type { Instant } from '../../../model/time.ts'
import type { JournalSurvey, WatchGap } from '../../../store/cases.ts'
import { printable } from '../../../report/printable.ts'
import { textTable } from '../../../report/table.ts'
import { localTime } from '../../../report/time.ts'
import { shortSubject, victimNames } from '../../../report/words.ts'
import type { ListFlags } from './list-flags.ts'

/** One line a case, in the order given. */
export function caseTable(cases: readonly Case[]): string[] {
  const rows = cases.map((found) => [
    printable(found.id),
    localTime(found.at),
    shortSubject(found.subject),
    found.verdict.code,
    found.binding.limitBytes === null ? '-' : formatBytes(found.binding.limitBytes),
    victimNames(found),
  ])
  return textTable(['Case', 'Time', 'Subject', 'Verdict', 'Limit', 'Victim'], rows, [4])
}

/** What to do where the list is empty. */
export function nothingListed(flags: ListFlags, dataFolder: string): string[] {
  const isNarrow = [flags.since, flags.verdict, flags.subject].some((each) => each !== undefined)
  if (isNarrow) return ['No recorded case is of this kind; without options all are listed.']
  return [
    `Nothing is recorded yet in ${printable(dataFolder)}.`,
    "'stella watch' writes down what dies of memory from now on, and what the kernel log still holds;",
    "'stella cases import' takes in cases and logs from elsewhere.",
  ]
}

export function tooMany({ cases, more }: JournalSurvey): string[] {
  return more === 0
    ? []
    : ['', `The newest ${cases.length} of ${cases.length + more} cases; --limit shows more.`]
}

/** What was said last before anything died. */
export function lastWarning({ warning }: JournalSurvey, since: Instant | null): string[] {
  if (warning === null || (since !== null && warning.at < since)) return []
  return ['', `Last warning, ${localTime(warning.at)}: ${printable(warning.warning.says)}`]
}

const SHOWN_GAPS = 5

/**
 * Why a case may be missing: nobody watched, a source was blind, lines are gone or damaged.
 *
 * @param since what was before does not matter; null: all of it does
 */
export function notSeen(
  { gaps, dropped, damaged }: JournalSurvey,
  since: Instant | null,
): string[] {
  const inTime = (gaps ?? []).filter(({ to }) => to === null || since === null || to > since)
  const shown = inTime.slice(-SHOWN_GAPS)
  const sentences = [
    ...(shown.length < inTime.length
      ? [`${inTime.length - shown.length} earlier times in which something was not seen`]
      : []),
    ...shown.map(gapSentence),
    ...dropped.map(
      ({ entries, until }) =>
        `${entries} ${entries === 1 ? 'entry' : 'entries'} from before ${localTime(until)} went, to keep the journal within its bounds`,
    ),
    ...(damaged === 0
      ? []
      : [`${damaged} damaged ${damaged === 1 ? 'line' : 'lines'} of the journal cannot be read`]),
  ]
  return sentences.length === 0 ? [] : ['', ...sentences.map(printable)]
}

function gapSentence({ from, to, says }: WatchGap): string {
  return `${to === null ? `Since ${localTime(from)}` : `From ${localTime(from)} to ${localTime(to)}`}: ${says}`
}
