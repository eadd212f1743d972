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
  open: { step: string; isUndo: boolean; started: readonly EventOf<'started'>[] } | null
  undone: ReadonlyMap<string, EventOf<'undo-ended'>>
  /** What was taken from outputs, as it is now. */
  captures: ReadonlyMap<string, Value>
  /** The same as it was first seen. */
  before: ReadonlyMap<string, Value>
  /** When the latest change was over, as a time in UTC: what holds now holds since then. Null: there was none. */
  changedAt: string | null
  /** Changes that were made, in their order. */
  changes: readonly string[]
  /** Steps that need a person who was not there, by their ids. */
  left: ReadonlyMap<string, EventOf<'left'>>
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
    left: new Map(),
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
    case 'seen-again':
      return state
    case 'resumed':
      return {
        ...state,
        plan: event.plan,
        // Of another document they may be gone.
        left: new Map([...state.left].filter(([id]) => event.steps.some((step) => step.id === id))),
        waits: null,
        verdict: null,
      }
    case 'approved':
      return { ...state, approvals: [...state.approvals, event], waits: null }
    case 'step-begun':
      return { ...state, open: { step: event.step, isUndo: false, started: [] }, waits: null }
    case 'change-begun':
      return {
        ...state,
        open: { step: event.step, isUndo: false, started: [] },
        waits: null,
        changes: [...state.changes, event.step],
        changedAt: event.at,
      }
    case 'started':
      if (state.open === null) return state
      return { ...state, open: { ...state.open, started: [...state.open.started, event] } }
    case 'outlived':
      return { ...state, waits: null }
    case 'step-ended':
      return {
        ...state,
        open: null,
        left: new Map([...state.left].filter(([step]) => step !== event.step)),
        changedAt: isChange(state, event) ? event.at : state.changedAt,
        ended: new Map([...state.ended, [event.step, event]]),
        captures: new Map(
          [...state.captures, ...Object.entries(event.captures)].filter(
            ([name]) => !event.none.includes(name),
          ),
        ),
        before: new Map([...Object.entries(event.captures), ...state.before]),
      }
    case 'undo-begun':
      return { ...state, open: { step: event.step, isUndo: true, started: [] } }
    case 'undo-ended':
      return { ...state, open: null, undone: new Map([...state.undone, [event.step, event]]) }
    case 'left':
      return {
        ...state,
        open: state.open?.step === event.step ? null : state.open,
        left: new Map([...state.left, [event.step, event]]),
      }
    case 'waits':
      return { ...state, waits: event }
    case 'ended':
      return { ...state, verdict: event }
  }
}

/** By this run, or by the person who goes through it. */
function isChange({ changes, begun }: RunState, { step, state }: EventOf<'step-ended'>): boolean {
  if (changes.includes(step)) return state !== 'skipped'
  return state === 'ok' && begun.steps.some(({ id, kind }) => id === step && kind === 'manual')
}
