/** Which runbook is for a case or an alert: the one whose conditions say most about it. */
import type { Case } from '../../model/case.ts'
import type { Runbook } from '../../model/runbook.ts'
import { heldComparisons, readCondition } from '../condition/condition.ts'
import type { Scope } from '../condition/condition.ts'
import { scopeOf } from './case-words.ts'

export interface Match {
  runbook: Runbook
  /** Others that are for it, too. */
  others: readonly string[]
}

/** What happened: a case, an alert, or an alert with the case that it is about. */
export interface Happened {
  alert: string | null
  case: Case | null
}

/**
 * What is known of a case says more than the name of an alert: the name decides where no condition holds. So whichever of the two
 * comes first, the same runbook is opened.
 *
 * @returns null where none is for it
 */
export function matchOf(shelf: readonly Runbook[], { alert, case: found }: Happened): Match | null {
  return (
    (found === null ? null : mostSpecific(shelf, scopeOf(found))) ??
    first(shelf.filter(({ about }) => alert !== null && about.alerts.includes(alert)))
  )
}

function mostSpecific(shelf: readonly Runbook[], scope: Scope): Match | null {
  const held = shelf
    .map((runbook) => ({ runbook, comparisons: comparisonsOf(runbook, scope) }))
    .filter(({ comparisons }) => comparisons > 0)
    .toSorted((a, b) => b.comparisons - a.comparisons || byId(a.runbook, b.runbook))
  return matchIn(held.map(({ runbook }) => runbook))
}

function first(shelf: readonly Runbook[]): Match | null {
  return matchIn(shelf.toSorted(byId))
}

function matchIn([runbook, ...others]: readonly Runbook[]): Match | null {
  return runbook === undefined ? null : { runbook, others: others.map(({ id }) => id) }
}

function comparisonsOf({ about }: Runbook, scope: Scope): number {
  const held = about.cases.map((text) => {
    const read = readCondition(text)
    return read.ok ? heldComparisons(read.condition, scope) : 0
  })
  return Math.max(0, ...held)
}

function byId(a: Runbook, b: Runbook): number {
  return a.id < b.id ? -1 : Number(a.id > b.id)
}
