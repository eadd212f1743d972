/** What happened in a run, one thing after the other: from its journal alone. */
import type { EventOf, RunEvent, RunOrigin } from '../run/event.ts'

export interface Moment {
  at: string
  /** Null: it is about the run. */
  step: string | null
  /** Null: stella itself. */
  by: string | null
  what: string
}

export function timelineOf(events: readonly RunEvent[]): readonly Moment[] {
  return events.map((event) => ({
    at: event.at,
    step: 'step' in event ? event.step : null,
    by: 'by' in event ? event.by : null,
    what: whatHappened(event),
  }))
}

function whatHappened(event: RunEvent): string {
  switch (event.kind) {
    case 'begun':
      return because(`begins on ${event.host}`, event.reason)
    case 'resumed':
      return because(`goes on with it on ${event.host}`, event.reason)
    case 'approved':
      return approved(event)
    case 'step-begun':
      return 'begins'
    case 'change-begun':
      return `begins to change: ${event.argv.map(line).join('; ')}`
    case 'started':
      return `runs as ${event.programs.map(({ pid }) => `process ${pid}`).join(', ')}`
    case 'outlived':
      return `${event.did === 'kill' ? 'kills' : 'waits for'} what has outlived stella: ${event.says}`
    case 'step-ended':
      return because(event.state, event.why)
    case 'undo-begun':
      return `begins to take it back: ${line(event.argv)}`
    case 'undo-ended':
      return because(event.isDone ? 'taken back' : 'not taken back', event.why)
    case 'seen-again':
      return seenAgain(event.origin)
    case 'left':
      return because('is left for now', event.why)
    case 'waits':
      return because('waits', event.why)
    case 'ended':
      return because(`ended: ${event.verdict}`, event.why)
  }
}

function approved({ how, steps }: EventOf<'approved'>): string {
  const what = steps === null ? 'the plan' : steps.join(', ')
  return how === 'low-risk' ? 'approves changes of low risk' : `approves ${what}`
}

function seenAgain(origin: RunOrigin): string {
  if (origin.kind === 'person') return 'was wanted again'
  const what = origin.kind === 'case' ? `case ${origin.case}` : `alert ${origin.alert}`
  return `${what} is about the same`
}

function because(what: string, why: string | null): string {
  return why === null ? what : `${what}: ${why}`
}

function line(programs: readonly (readonly string[])[]): string {
  return programs.map((words) => words.join(' ')).join(' | ')
}
