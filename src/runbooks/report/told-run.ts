/** A run as it is told: from its journal alone, whatever has become of the document. */
import type { Value } from '../condition/condition.ts'
import type {
  CommandEnd,
  EndedState,
  EventOf,
  RunEvent,
  RunOrigin,
  StepTold,
  Verdict,
} from '../run/event.ts'
import { stateOf } from '../run/state.ts'
import { timelineOf } from './timeline.ts'
import type { Moment } from './timeline.ts'
import { comparedValues, toldChanges } from './told-changes.ts'
import type { ComparedValue, ToldChange } from './told-changes.ts'

export interface ToldRun {
  run: string
  runbook: { id: string; title: string; path: string }
  plan: string
  params: Readonly<Record<string, string>>
  by: string
  host: string
  origin: RunOrigin
  /** What else has happened since that is about the same. */
  seenAgain: readonly { at: string; origin: RunOrigin }[]
  /** Why, as whoever began it said; null: nothing was said. */
  reason: string | null
  version: string
  begunAt: string
  /** Null: it has not ended. */
  endedAt: string | null
  verdict: Verdict | null
  why: string | null
  /** What it waits for before it goes on; null: for nothing. Steps that wait for a person and hold nothing up say so themselves. */
  waits: { step: string; why: string; stillRuns: boolean } | null
  /** The step whose change is being taken back at this moment; null: none is. */
  takesBack: string | null
  approvals: readonly {
    at: string
    by: string
    how: string
    /** One of another plan than that of now counts no more. */
    plan: string
    steps: readonly string[] | null
  }[]
  resumed: readonly { at: string; by: string; host: string; reason: string | null }[]
  steps: readonly ToldStep[]
  changes: readonly ToldChange[]
  /** What was seen before the first change and behind the last one. */
  compared: readonly ComparedValue[]
  timeline: readonly Moment[]
  /** Where the journal was changed after it was written. */
  broken: { line: number; says: string } | null
}

export interface ToldStep extends StepTold {
  state: 'pending' | 'running' | 'waits' | EndedState | 'undone'
  why: string | null
  begunAt: string | null
  endedAt: string | null
  attempts: number
  exit: number | null
  commands: readonly CommandEnd[]
  captures: Readonly<Record<string, Value>>
  seen: readonly string[]
  undoing: { at: string; isDone: boolean; why: string | null; command: CommandEnd | null } | null
}

/** Null: there is no run in it. */
export function toldRun(
  id: string,
  events: readonly RunEvent[],
  broken: ToldRun['broken'],
): ToldRun | null {
  const state = stateOf(events)
  if (state === null) return null
  const { begun, verdict, waits } = state
  const of = <Kind extends RunEvent['kind']>(kind: Kind): readonly EventOf<Kind>[] =>
    events.filter((event): event is EventOf<Kind> => event.kind === kind)
  const steps = of('resumed').at(-1)?.steps ?? begun.steps
  const beginnings = new Map(
    [...of('step-begun'), ...of('change-begun')].map(({ step, at }) => [step, at]),
  )
  return {
    run: id,
    runbook: begun.runbook,
    plan: state.plan,
    params: begun.params,
    by: begun.by,
    host: begun.host,
    origin: begun.origin,
    seenAgain: of('seen-again').map(({ at, origin }) => ({ at, origin })),
    reason: begun.reason,
    version: begun.version,
    begunAt: begun.at,
    endedAt: verdict?.at ?? null,
    verdict: verdict?.verdict ?? null,
    why: verdict?.why ?? null,
    waits: waits === null ? null : { step: waits.step, why: waits.why, stillRuns: waits.stillRuns },
    takesBack: state.open?.isUndo === true ? state.open.step : null,
    approvals: of('approved').map(({ at, by, how, plan, steps: chosen }) => ({
      at,
      by,
      how,
      plan,
      steps: chosen,
    })),
    resumed: of('resumed').map(({ at, by, host, reason }) => ({ at, by, host, reason })),
    changes: toldChanges(events, steps),
    compared: comparedValues(events, steps),
    timeline: timelineOf(events),
    steps: steps.map((step) => {
      const ended = state.ended.get(step.id)
      const undone = state.undone.get(step.id)
      const waiting = waits?.step === step.id ? waits : state.left.get(step.id)
      const isOpen = state.open?.step === step.id && !state.open.isUndo
      return {
        ...step,
        state:
          undone?.isDone === true
            ? 'undone'
            : (ended?.state ?? (isOpen ? 'running' : waiting === undefined ? 'pending' : 'waits')),
        why: ended?.why ?? waiting?.why ?? null,
        begunAt: beginnings.get(step.id) ?? null,
        endedAt: ended?.at ?? null,
        attempts: ended?.attempts ?? 0,
        exit: ended?.exit ?? null,
        commands: ended?.commands ?? [],
        captures: ended?.captures ?? {},
        seen: ended?.seen ?? [],
        undoing:
          undone === undefined
            ? null
            : { at: undone.at, isDone: undone.isDone, why: undone.why, command: undone.command },
      }
    }),
    broken,
  }
}
