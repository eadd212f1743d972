/** What is to be done with a step, before it is: pure. */
import type { Step } from '../../model/runbook.ts'
import type { PlannedStep } from '../plan.ts'
import { judged, valuesFor } from './judge.ts'
import type { EventOf, StepTold } from './event.ts'
import { nameIn } from './who.ts'
import type { RunState } from './state.ts'

export type Decision =
  | { kind: 'run' }
  | { kind: 'skip' | 'refuse'; why: string }
  /** Somebody has to say yes. */
  | { kind: 'ask-for'; why: string }
  /** A person does it, or gives the value. */
  | { kind: 'by-hand' }

export function decide(
  { step, refused }: PlannedStep,
  state: RunState,
  params: ReadonlyMap<string, string>,
  steps: readonly Step[],
): Decision {
  const { begun } = state
  if (begun.onlyChecks && step.kind !== 'check') {
    return { kind: 'skip', why: 'only checks were asked for' }
  }
  if (step.phase === 'deep-diagnosis' && !begun.deep) {
    return { kind: 'skip', why: 'it may take long: --deep' }
  }
  if (step.when !== null) {
    const scope = { values: valuesFor(state, params), output: '' }
    const holdsNow = judged(step.when, scope)
    if (holdsNow === false) return { kind: 'skip', why: `it is not so: ${step.when}` }
    if (holdsNow === null) return { kind: 'skip', why: `it is not known: ${step.when}` }
  }
  if (refused !== null) return { kind: 'refuse', why: refused }
  if (step.kind === 'assert' && !hasChanged(state, steps) && canChange(steps)) {
    return { kind: 'skip', why: 'nothing was changed' }
  }
  if (step.kind === 'manual' || step.kind === 'ask') return { kind: 'by-hand' }
  if (step.kind === 'change') return decideChange(step, state, steps)
  return { kind: 'run' }
}

function decideChange(step: Step, state: RunState, steps: readonly Step[]): Decision {
  const valid = state.approvals.filter(({ plan }) => plan === state.plan)
  const chosen = valid.flatMap(({ steps }) => steps ?? [])
  const approvers = new Set(approvalsFor(step, valid).map(({ by }) => nameIn(by)))
  const needed = Math.max(1, step.approvals)
  if (approvers.size >= needed) return { kind: 'run' }
  const hasPlanApproval = valid.some(({ how }) => how === 'hash')
  if (approvers.size === 0 && hasPlanApproval) {
    if (chosen.length > 0) return { kind: 'skip', why: 'it was not chosen' }
    return { kind: 'skip', why: `it is for a case that nobody has named: --step ${step.id}` }
  }
  if (valid.length === 0 && isWell(state, steps)) {
    return { kind: 'skip', why: 'no check has found a problem' }
  }
  const more = needed - approvers.size
  const who = approvers.size === 0 ? '' : ` of somebody other than ${[...approvers].join(', ')}`
  return {
    kind: 'ask-for',
    why: `it needs ${more === 1 ? 'an approval' : `${more} approvals`}${who}`,
  }
}

/** Checks that can find a problem were made, and none did: nobody is asked for a change then. */
function isWell({ ended, left }: RunState, steps: readonly Step[]): boolean {
  const looked = steps.filter(({ kind, problemIf }) => kind === 'check' && problemIf !== null)
  if (looked.some(({ id }) => left.has(id))) return false
  const states = looked.map(({ id }) => ended.get(id)?.state ?? 'skipped')
  return states.includes('ok') && states.every((state) => state === 'ok' || state === 'skipped')
}

type Approvable = Pick<StepTold, 'id' | 'risk' | 'approvals' | 'branch' | 'when'>

/** Those of the approvals that are for this change. */
export function approvalsFor(
  step: Approvable,
  approvals: readonly EventOf<'approved'>[],
): readonly EventOf<'approved'>[] {
  return approvals.filter(({ how, steps }) => {
    if (how === 'low-risk' && (step.risk !== 'low' || step.approvals > 0)) return false
    return steps === null ? isForAll(step) : steps.includes(step.id)
  })
}

/** Of several cases nobody knows which one it is, unless the document says when it applies. */
function isForAll({ branch, when }: Approvable): boolean {
  return branch === null || when !== null
}

export function canChange(steps: readonly Step[]): boolean {
  return steps.some(({ kind }) => kind === 'change' || kind === 'manual')
}

/** By this run, or by the person who goes through it. */
export function hasChanged(state: RunState, steps: readonly Step[]): boolean {
  return (
    state.changes.length > 0 ||
    steps.some(({ id, kind }) => kind === 'manual' && state.ended.get(id)?.state === 'ok')
  )
}
