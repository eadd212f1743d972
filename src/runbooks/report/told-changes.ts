/** What was changed in a run, and what became different by it: from its journal alone. */
import type { Value } from '../condition/condition.ts'
import { approvalsFor } from '../run/decide.ts'
import type { EventOf, RunEvent, StepTold } from '../run/event.ts'
import { shown } from '../plan.ts'

export interface ToldChange {
  step: string
  title: string
  /** One command in each line, as it was run. */
  run: string
  begunAt: string
  /** Null: nobody has seen its end. */
  endedAt: string | null
  approvedBy: readonly string[]
  /** What whoever began or resumed the run gave as the reason; null: none. */
  reason: string | null
  /** What takes it back, with the values of that time; null: nothing is known. */
  undo: string | null
  /** What was seen before it, and again behind it. */
  values: readonly ComparedValue[]
}

export interface ComparedValue {
  name: string
  before: Value
  after: Value
}

export function toldChanges(
  events: readonly RunEvent[],
  steps: readonly StepTold[],
): readonly ToldChange[] {
  return events.flatMap((event, at) => {
    if (event.kind !== 'change-begun') return []
    const step = steps.find(({ id }) => id === event.step)
    return step === undefined
      ? []
      : toldChange(event, step, steps, events.slice(0, at), events.slice(at))
  })
}

/** What was looked at before the first change, and at last behind the last one. */
export function comparedValues(
  events: readonly RunEvent[],
  steps: readonly StepTold[],
): readonly ComparedValue[] {
  const isChange = ({ kind }: RunEvent): boolean => kind === 'change-begun'
  const first = events.findIndex(isChange)
  if (first === -1) return []
  const behind = events.slice(events.findLastIndex(isChange))
  return compared(
    seenIn(events.slice(0, first).toReversed(), looksIn(steps)),
    seenIn(behind.toReversed(), looksIn(steps)),
  )
}

function toldChange(
  begun: EventOf<'change-begun'>,
  step: StepTold,
  steps: readonly StepTold[],
  before: readonly RunEvent[],
  behind: readonly RunEvent[],
): ToldChange {
  const ended = endsIn(behind).find(({ step: id }) => id === step.id)
  const looks = looksIn(steps)
  // As what takes it back has them: as they were seen first, but for its own.
  const values = new Map([...seenIn(before), ...Object.entries(ended?.captures ?? {})])
  const texts = new Map([...values].map(([name, value]) => [name, String(value)]))
  const programs = begun.argv.map((each) => each.map((words) => words.join(' ')).join(' | '))
  return {
    step: step.id,
    title: step.title,
    run: programs.join('\n'),
    begunAt: begun.at,
    endedAt: ended?.at ?? null,
    approvedBy: approversOf(step, before),
    reason: before.reduce<string | null>((last, event) => reasonOf(event) ?? last, null),
    undo: step.undo === null ? null : shown(step.undo, texts),
    values: compared(
      seenIn(before.toReversed(), looks),
      seenIn(behind, new Set([...looks, step.id])),
    ),
  }
}

function approversOf(step: StepTold, before: readonly RunEvent[]): readonly string[] {
  const approvals = before.filter((event) => event.kind === 'approved')
  const plan = before.findLast((event) => event.kind === 'begun' || event.kind === 'resumed')?.plan
  const valid = approvals.filter((each) => each.plan === plan)
  return [...new Set(approvalsFor(step, valid).map(({ by }) => by))]
}

function reasonOf(event: RunEvent): string | null {
  return event.kind === 'begun' || event.kind === 'resumed' ? event.reason : null
}

function endsIn(events: readonly RunEvent[]): readonly EventOf<'step-ended'>[] {
  return events.filter((event) => event.kind === 'step-ended')
}

/** Steps that show how something is; what a change answers is of that change. */
function looksIn(steps: readonly StepTold[]): ReadonlySet<string> {
  return new Set(steps.flatMap(({ id, kind }) => (kind === 'change' ? [] : id)))
}

/** The first of each name, in this order. */
function seenIn(
  events: readonly RunEvent[],
  from: ReadonlySet<string> | null = null,
): ReadonlyMap<string, Value> {
  const seen = new Map<string, Value>()
  for (const { step, captures } of endsIn(events)) {
    if (from?.has(step) === false) continue
    for (const [name, value] of Object.entries(captures)) {
      if (!seen.has(name)) seen.set(name, value)
    }
  }
  return seen
}

function compared(
  before: ReadonlyMap<string, Value>,
  after: ReadonlyMap<string, Value>,
): readonly ComparedValue[] {
  return [...after].flatMap(([name, value]) => {
    const earlier = before.get(name)
    return earlier === undefined ? [] : { name, before: earlier, after: value }
  })
}
