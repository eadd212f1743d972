/** Where a run stands, from its journal alone: the same after a crash as before it. */
import type { Value } from '../condition/condition.ts'
import type { EventOf, RunEvent } from './event.ts'

export interface RunState {
  begun: EventOf<'begun'>
  /** Of the plan that holds now. */
  plan: string
  approvals: readonly EventOf<'approved'>[]
  ended: ReadonlyMap<string, EventOf<'step-ended'>>
  /** Had begun when the journal ended. */
  open: { step: string; isUndo: boolean } | null
  undone: ReadonlyMap<string, EventOf<'undo-ended'>>
  /** What was taken from outputs, as it is now. */
  captures: ReadonlyMap<string, Value>
  /** The same as it was first seen. */
  before: ReadonlyMap<string, Value>
  /** The first change, as a time in UTC; null: there was none. */
  changedAt: string | null
  /** Changes that were made, in their order. */
  changes: readonly string[]
  waits: EventOf<'waits'> | null
  verdict: EventOf<'ended'> | null
}

export function stateAtBegin(begun: EventOf<'begun'>): RunState {
  return {
    begun,
    plan: begun.plan,
    approvals: [],
    ended: new Map(),
    open: null,
    undone: new Map(),
    captures: new Map(),
    before: new Map(),
    changedAt: null,
    changes: [],
    waits: null,
    verdict: null,
  }
}

/** Null: it does not begin as a run does. */
export function stateOf(events: readonly RunEvent[]): RunState | null {
  const [first, ...rest] = events
  return first?.kind === 'begun' ? rest.reduce(after, stateAtBegin(first)) : null
}

/** The state behind one event more. */
export function after(state: RunState, event: RunEvent): RunState {
  switch (event.kind) {
    case 'begun':
      return state
    case 'resumed':
      return { ...state, plan: event.plan, waits: null, verdict: null }
    case 'approved':
      return { ...state, approvals: [...state.approvals, event], waits: null }
    case 'step-begun':
      return { ...state, open: { step: event.step, isUndo: false }, waits: null }
    case 'change-begun':
      return {
        ...state,
        open: { step: event.step, isUndo: false },
        waits: null,
        changes: [...state.changes, event.step],
        changedAt: state.changedAt ?? event.at,
      }
    case 'step-ended':
      return {
        ...state,
        open: null,
        ended: new Map([...state.ended, [event.step, event]]),
        captures: new Map([...state.captures, ...Object.entries(event.captures)]),
        before: new Map([...Object.entries(event.captures), ...state.before]),
      }
    case 'undo-begun':
      return { ...state, open: { step: event.step, isUndo: true } }
    case 'undo-ended':
      return { ...state, open: null, undone: new Map([...state.undone, [event.step, event]]) }
    case 'waits':
      return { ...state, waits: event }
    case 'ended':
      return { ...state, verdict: event }
  }
}
