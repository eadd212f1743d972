import type { Case } from '../model/case.ts'
import type { Instant } from '../model/time.ts'

/**
 * The JSON document of one case, `stella.case/1`: field names and order of the outside contract, times in RFC 3339 UTC,
 * null for what is not known. `path`, the decision path, `bill`, `course` and `blackBox` are what the contract leaves to us.
 */
export function caseDocument(found: Case) {
  return {
    schema: 'stella.case/1' as const,
    id: found.id,
    at: timeOf(found.at),
    subject: found.subject,
    verdict: found.verdict,
    binding: found.binding,
    victims: found.victims,
    trigger: found.trigger,
    processes: found.processes,
    causes: found.causes,
    remedies: found.remedies,
    evidence: found.evidence.map((seen) => ({ ...seen, at: timeOf(seen.at) })),
    ruledOut: found.ruledOut,
    timeline: found.timeline.map((step) => ({ ...step, at: timeOf(step.at) })),
    unknown: found.unknown,
    path: found.path,
    bill: found.bill,
    course: found.course?.map((point) => ({ ...point, at: timeOf(point.at) })) ?? null,
    blackBox: found.blackBox === null ? null : { ...found.blackBox, at: timeOf(found.blackBox.at) },
  }
}

/** The JSON document of several cases, oldest first; `unknown` says what could not be read for all of them. */
export function casesDocument(cases: readonly Case[], unknown: readonly string[]) {
  return { schema: 'stella.cases/1' as const, cases: cases.map(caseDocument), unknown }
}

/** Milliseconds at which JavaScript's dates end (ECMA-262, 21.4.1.1). */
const LAST_INSTANT = 8.64e15

function timeOf(at: Instant | null): string | null {
  return at === null || !(Math.abs(at) <= LAST_INSTANT) ? null : new Date(at).toISOString()
}
