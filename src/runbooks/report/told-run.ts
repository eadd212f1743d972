/** A run as it is told: from its journal alone, whatever has become of the document. */
import type { Value } from '../condition/condition.ts'
import type { CommandEnd, EndedState, EventOf, RunEvent, StepTold, Verdict } from '../run/event.ts'
import { stateOf } from '../run/state.ts'

export interface ToldRun {
  schema: 'stella.runbook-run/1'
  run: string
  runbook: { id: string; title: string; path: string }
  plan: string
  params: Readonly<Record<string, string>>
  by: string
  host: string
  version: string
  begunAt: string
  /** Null: it has not ended. */
  endedAt: string | null
  verdict: Verdict | null
  why: string | null
  /** What it waits for; null: for nothing. */
  waits: { step: string; why: string } | null
  approvals: readonly { at: string; by: string; how: string; steps: readonly string[] | null }[]
  resumed: readonly { at: string; by: string; host: string }[]
  steps: readonly ToldStep[]
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
    schema: 'stella.runbook-run/1',
    run: id,
    runbook: begun.runbook,
    plan: state.plan,
    params: begun.params,
    by: begun.by,
    host: begun.host,
    version: begun.version,
    begunAt: begun.at,
    endedAt: verdict?.at ?? null,
    verdict: verdict?.verdict ?? null,
    why: verdict?.why ?? null,
    waits: waits === null ? null : { step: waits.step, why: waits.why },
    approvals: of('approved').map(({ at, by, how, steps: chosen }) => ({
      at,
      by,
      how,
      steps: chosen,
    })),
    resumed: of('resumed').map(({ at, by, host }) => ({ at, by, host })),
    steps: steps.map((step) => {
      const ended = state.ended.get(step.id)
      const undone = state.undone.get(step.id)
      const isOpen = state.open?.step === step.id && !state.open.isUndo
      return {
        ...step,
        state:
          undone?.isDone === true
            ? 'undone'
            : (ended?.state ??
              (isOpen ? 'running' : waits?.step === step.id ? 'waits' : 'pending')),
        why: ended?.why ?? (waits?.step === step.id ? waits.why : null),
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
