/** A run as it is told with its case: what it has found, and how to go on with it. */
import type { Value } from '../condition/condition.ts'
import { summaryOf } from './run-summary.ts'
import type { RunSummary } from './run-summary.ts'
import type { ToldRun } from './told-run.ts'

export interface CaseRun extends RunSummary {
  /** What is not well, and what was seen there, in the order of the steps. */
  found: readonly FoundStep[]
  /** The command that goes on with it; null: there is nothing to go on with. */
  next: string | null
  /** The command that tells all of it. */
  report: string
}

export interface FoundStep {
  step: string
  title: string
  state: 'problem' | 'failed'
  why: string | null
  captures: Readonly<Record<string, Value>>
}

/** @param isWorkedOn somebody goes on with it at this moment */
export function caseRunOf(told: ToldRun, isWorkedOn: () => boolean): CaseRun {
  const summary = summaryOf(told, isWorkedOn)
  return {
    ...summary,
    found: told.steps.flatMap(({ id, title, state, why, captures }) =>
      state === 'problem' || state === 'failed' ? [{ step: id, title, state, why, captures }] : [],
    ),
    next: nextOf(told, summary),
    report: `stella runbook report ${told.run}`,
  }
}

function nextOf({ run, plan, steps, waits }: ToldRun, { state }: RunSummary): string | null {
  if (state === 'ended' || state === 'running') return null
  const isChange = steps.some(({ id, kind }) => id === waits?.step && kind === 'change')
  const approval = isChange ? ` --approve ${plan}` : ''
  return `stella runbook resume ${run}${approval}`
}
