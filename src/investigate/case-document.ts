import type { Case } from '../model/case.ts'
import type { Instant } from '../model/time.ts'

/**
 * The JSON document of one case, `stella.case/1`: field names and order of the outside contract, times in RFC 3339 UTC,
 * null for what is not known. `path`, the decision path, `bill`, `course`, `lives` and `blackBox` are what the contract leaves to us.
 */
export function caseDocument(found: Case) {
  return {
    schema: 'stella.case/1' as const,
    /** The same for the same evidence. */
    id: found.id,
    /** When it happened. */
    at: timeOf(found.at),
    /** What died or lives. */
    subject: found.subject,
    /** Who ended it. */
    verdict: found.verdict,
    /** The one limit that was reached. */
    binding: found.binding,
    /** Who was killed. */
    victims: found.victims,
    /** Whose allocation brought it about. */
    trigger: found.trigger,
    /** The kernel's task table at the kill. */
    processes: found.processes,
    /** Why it grew: the most likely first. */
    causes: found.causes,
    /** What would help. */
    remedies: found.remedies,
    /** What it rests on; `because` names these ids. */
    evidence: found.evidence.map((seen) => ({ ...seen, at: timeOf(seen.at) })),
    /** Verdicts that the evidence excludes. */
    ruledOut: found.ruledOut,
    /** What happened, in its order. */
    timeline: found.timeline.map((step) => ({ ...step, at: timeOf(step.at) })),
    /** What could not be read, and why. */
    unknown: found.unknown,
    /** The questions in the order they were asked. */
    path: found.path,
    /** Where the memory was; null where neither a kernel report nor the group's files tell it. */
    bill: found.bill,
    /** Its memory over time up to the end, oldest first; null: nobody watched it. */
    course: found.course?.map((point) => ({ ...point, at: timeOf(point.at) })) ?? null,
    lives:
      found.lives === null
        ? null
        : {
            ...found.lives,
            list: found.lives.list.map((life) => ({
              ...life,
              startedAt: timeOf(life.startedAt),
              endedAt: timeOf(life.endedAt),
            })),
          },
    /** What the service's own guard wrote down last; null without one. */
    blackBox: found.blackBox === null ? null : { ...found.blackBox, at: timeOf(found.blackBox.at) },
  }
}

/** The JSON document of several cases; `more` are those that a list leaves out. */
export function casesDocument(cases: readonly Case[], unknown: readonly string[], more?: number) {
  return {
    /** Several cases: what `stella why --all`, `cases list` and `cases show` print. */
    schema: 'stella.cases/1' as const,
    /** Oldest first. */
    cases: cases.map(caseDocument),
    ...(more === undefined
      ? {}
      : {
          /** How many `--limit` left out; of a list. */
          more,
        }),
    /** What could not be read for all of them, or when nobody watched. */
    unknown,
  }
}

/** Milliseconds at which JavaScript's dates end (ECMA-262, 21.4.1.1). */
const LAST_INSTANT = 8.64e15

function timeOf(at: Instant | null): string | null {
  return at === null || !(Math.abs(at) <= LAST_INSTANT) ? null : new Date(at).toISOString()
}
