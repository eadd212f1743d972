/** A run in a list of them. */
import type { RunOrigin, Verdict } from '../run/event.ts'
import type { ToldRun } from './told-run.ts'

export interface RunSummary {
  run: string
  /** Its id. */
  runbook: string
  title: string
  /** `stopped`: it has neither ended nor does it wait, and nobody works on it. */
  state: 'running' | 'waits' | 'stopped' | 'ended'
  begunAt: string
  endedAt: string | null
  by: string
  origin: RunOrigin
  /** The one that it is about: whatever has begun it, or whoever, has said so. */
  case: string | null
  verdict: Verdict | null
  why: string | null
  waits: ToldRun['waits']
  broken: ToldRun['broken']
}

/** @param isWorkedOn somebody goes on with it at this moment */
export function summaryOf(told: ToldRun, isWorkedOn: () => boolean): RunSummary {
  const { run, runbook, begunAt, endedAt, by, origin, verdict, why, waits, broken } = told
  return {
    run,
    runbook: runbook.id,
    title: runbook.title,
    state: runState(told, isWorkedOn),
    begunAt,
    endedAt,
    by,
    origin,
    case: caseOf(told),
    verdict,
    why,
    waits,
    broken,
  }
}

function caseOf({ origin, params }: Pick<ToldRun, 'origin' | 'params'>): string | null {
  const ofOrigin = origin.kind === 'person' ? null : origin.case
  return ofOrigin ?? params['case'] ?? null
}

/** Where it stands, seen from outside. */
export function runState(
  { verdict, waits }: Pick<ToldRun, 'verdict' | 'waits'>,
  isWorkedOn: () => boolean,
): RunSummary['state'] {
  if (verdict !== null) return 'ended'
  if (waits !== null) return 'waits'
  return isWorkedOn() ? 'running' : 'stopped'
}
