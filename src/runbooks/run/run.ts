/** A run of a runbook: what is written down, and what follows from it. */
import { redactEvent } from '../../evidence/redact.ts'
import type { Runbook } from '../../model/runbook.ts'
import type { Journal } from '../../store/runs.ts'
import type { Plan } from '../plan.ts'
import type { RunDesk } from './desk.ts'
import type { RunEvent } from './event.ts'
import { after } from './state.ts'
import type { RunState } from './state.ts'

export interface Run {
  id: string
  runbook: Runbook
  plan: Plan
  params: ReadonlyMap<string, string>
  desk: RunDesk
  /** When all that only looks has to be done; null: it may take as long as each step may. */
  until: number | null
  state(): RunState
  /** Writes down what happened, without its secrets, and goes on from what was written. */
  note(event: WithoutTime<RunEvent>): void
}

type WithoutTime<Event> = Event extends RunEvent ? Omit<Event, 'at'> : never

/** What has to be on the disk before anything else happens. */
const IS_SURE: ReadonlySet<RunEvent['kind']> = new Set([
  'begun',
  'approved',
  'change-begun',
  'started',
  'undo-begun',
  'undo-ended',
  'ended',
] as const)

export function runOver(
  journal: Journal,
  known: Pick<Run, 'runbook' | 'plan' | 'params' | 'desk' | 'until'>,
  begin: RunState,
): Run {
  let state = begin
  const { desk, plan } = known
  const changes = new Set(plan.steps.flatMap(({ step }) => (step.kind === 'change' ? step.id : [])))
  return {
    ...known,
    id: journal.id,
    state: () => state,
    note(happened) {
      const event = redactEvent({ ...happened, at: timeOf(desk.now()) })
      const endsChange = event.kind === 'step-ended' && changes.has(event.step)
      journal.add(event, endsChange || IS_SURE.has(event.kind))
      state = after(state, event)
      desk.told(event, journal.id)
    },
  }
}

export function timeOf(at: number): string {
  return new Date(at).toISOString()
}
