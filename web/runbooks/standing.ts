/** How a run stands, and what it wants of somebody: pure. */
import type { RunDocument, StepDocument, Verdict } from './documents.ts'

export type Standing =
  | { kind: 'over'; verdict: Verdict }
  | { kind: 'asks'; question: Question }
  /** `step`: the one that goes on now; null: between two of them. */
  | { kind: 'goes'; step: StepDocument | null; isUndo: boolean }
  /** Nobody goes on with it. */
  | { kind: 'stopped'; why: string | null }

export interface Question {
  /**
   * `approve`: may it be done? `do`: has a person done it? `again`: it had begun when the server ended, what became of it?
   * `outlived`: it had, and still runs.
   */
  kind: 'approve' | 'do' | 'value' | 'again' | 'outlived'
  step: StepDocument
  why: string
}

export function standingOf(run: RunDocument): Standing {
  const { verdict, waits, steps } = run
  if (verdict !== null) return { kind: 'over', verdict }
  const step = steps.find(({ id }) => id === waits?.step)
  if (waits !== null && step !== undefined) {
    const kind = asks(run, step, waits.stillRuns)
    return kind === null
      ? { kind: 'stopped', why: waits.why }
      : { kind: 'asks', question: { kind, step, why: waits.why } }
  }
  if (run.state === 'stopped') return { kind: 'stopped', why: null }
  const undone = steps.find(({ id }) => id === run.takesBack)
  return {
    kind: 'goes',
    step: undone ?? steps.find(({ state }) => state === 'running') ?? null,
    isUndo: undone !== undefined,
  }
}

/** Null: nothing is asked, it was interrupted there. */
function asks(run: RunDocument, step: StepDocument, stillRuns: boolean): Question['kind'] | null {
  switch (step.kind) {
    case 'manual':
      return 'do'
    case 'ask':
      return 'value'
    case 'change':
      // What has begun, or was made, waits for nothing but a word on what became of it.
      if (step.state !== 'waits') return stillRuns ? 'outlived' : 'again'
      return isApproved(run, step) ? null : 'approve'
    default:
      return null
  }
}

/** What a step asks in its own place, while the run goes on without it or waits for something else. */
export function askedInPlace(run: RunDocument, step: StepDocument): Question | null {
  const isHere = step.state === 'waits' && step.id !== run.waits?.step && run.state !== 'running'
  if (!isHere || (step.kind !== 'manual' && step.kind !== 'ask')) return null
  return { kind: step.kind === 'ask' ? 'value' : 'do', step, why: step.why ?? '' }
}

/** What was changed and can still be taken back, the last one first. */
export function takenBackOf({ steps }: Pick<RunDocument, 'steps'>): readonly StepDocument[] {
  return steps
    .filter(
      ({ kind, state, begunAt, undoing }) =>
        kind === 'change' && begunAt !== null && state !== 'skipped' && undoing === null,
    )
    .toSorted((one, other) => (other.begunAt ?? '').localeCompare(one.begunAt ?? ''))
}

/** Whether whoever takes it back would do something. */
export function isOnlyCounted({ undo, risk }: StepDocument): boolean {
  return undo === null && risk === 'low'
}

export function progressOf({ steps }: Pick<RunDocument, 'steps'>): { done: number; of: number } {
  const open = steps.filter(({ state }) => ['pending', 'running', 'waits'].includes(state))
  return { done: steps.length - open.length, of: steps.length }
}

/** Changes of low risk that still wait for somebody's word. */
export function lowRiskLeft({ steps }: Pick<RunDocument, 'steps'>): readonly StepDocument[] {
  return steps.filter(
    ({ kind, risk, approvals, state, branch, when }) =>
      kind === 'change' &&
      risk === 'low' &&
      approvals === 0 &&
      // Of several cases nobody knows which one it is: each is asked for by itself.
      (branch === null || when !== null) &&
      (state === 'pending' || state === 'waits'),
  )
}

/** Who has said yes to a step of the plan as it is now. */
export function approversOf(
  { approvals, plan }: Pick<RunDocument, 'approvals' | 'plan'>,
  { id, risk, approvals: needed }: StepDocument,
): readonly string[] {
  const own = approvals.filter((approval) => {
    if (approval.plan !== plan) return false
    if (approval.how === 'low-risk') return risk === 'low' && needed === 0
    return approval.steps?.includes(id) ?? true
  })
  return [...new Set(own.map(({ by }) => by))]
}

export function approvalsNeeded({ approvals }: StepDocument): number {
  return Math.max(1, approvals)
}

function isApproved(run: RunDocument, step: StepDocument): boolean {
  return approversOf(run, step).length >= approvalsNeeded(step)
}

/** In their order, by phase. */
export function byPhase<Step extends { phase: string }>(
  steps: readonly Step[],
): readonly { phase: string; steps: readonly Step[] }[] {
  return [...Map.groupBy(steps, ({ phase }) => phase)].map(([phase, own]) => ({
    phase,
    steps: own,
  }))
}

const MOST_LINES = 3

/** The lines of its output that matter: those that were looked for, or the last ones where nothing else tells what went wrong. */
export function linesThatMatter({
  seen,
  state,
  captures,
  commands,
}: StepDocument): readonly string[] {
  if (seen.length > 0) return seen.slice(0, MOST_LINES)
  if (state !== 'failed' && state !== 'problem') return []
  if (state === 'problem' && Object.keys(captures).length > 0) return []
  const lines = commands.at(-1)?.output.split('\n') ?? []
  return lines.filter((line) => line.trim() !== '').slice(-MOST_LINES)
}
