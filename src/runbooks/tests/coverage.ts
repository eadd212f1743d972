/** Which ways through a runbook its tests have gone, and which they have not. */
import type { Runbook, Step } from '../../model/runbook.ts'
import type { ToldRun, ToldStep } from '../report/told-run.ts'

/** `left out`: what `when` asks for is not so. */
export const WAYS = ['ok', 'problem', 'failed', 'made', 'taken back', 'done', 'left out'] as const
export type Way = (typeof WAYS)[number]

export interface WaysOfStep {
  step: string
  line: number
  gone: readonly Way[]
  notGone: readonly Way[]
}

export function coverageOf({ steps }: Runbook, runs: readonly ToldRun[]): readonly WaysOfStep[] {
  return steps.map((step) => {
    const gone = new Set(
      runs.flatMap((run) => run.steps.filter(({ id }) => id === step.id).flatMap(waysGone)),
    )
    const ways = waysThrough(step)
    return {
      step: step.id,
      line: step.line,
      gone: ways.filter((way) => gone.has(way)),
      notGone: ways.filter((way) => !gone.has(way)),
    }
  })
}

function waysThrough({ kind, problemIf, undo, when }: Step): readonly Way[] {
  return [
    ...ofKind(kind, problemIf !== null, undo !== null),
    ...(when === null ? [] : ['left out' as const]),
  ]
}

function ofKind(kind: Step['kind'], mayBeProblem: boolean, hasUndo: boolean): readonly Way[] {
  switch (kind) {
    case 'check':
      return mayBeProblem ? ['ok', 'problem'] : ['ok']
    case 'assert':
      return ['ok', 'failed']
    case 'change':
      return hasUndo ? ['made', 'taken back'] : ['made']
    case 'manual':
    case 'wait':
    case 'ask':
      return ['done']
  }
}

function waysGone({ kind, state, why, undoing }: ToldStep): readonly Way[] {
  if (state === 'skipped') return why?.startsWith('it is not so') === true ? ['left out'] : []
  if (kind === 'change') {
    if (state === 'undone') return undoing?.command === null ? ['made'] : ['made', 'taken back']
    return state === 'ok' ? ['made'] : []
  }
  if (kind === 'check' || kind === 'assert') {
    return state === 'ok' || state === 'problem' || state === 'failed' ? [state] : []
  }
  return state === 'ok' ? ['done'] : []
}
