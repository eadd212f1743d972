/** A run as a document: what its journal tells, and where it stands. */
import { runState } from './run-summary.ts'
import type { RunSummary } from './run-summary.ts'
import type { ToldRun } from './told-run.ts'

export interface RunDocument extends ToldRun {
  schema: 'stella.runbook-run/1'
  state: RunSummary['state']
}

/** @param isWorkedOn somebody goes on with it at this moment */
export function runDocument(told: ToldRun, isWorkedOn: () => boolean): RunDocument {
  return { schema: 'stella.runbook-run/1', ...told, state: runState(told, isWorkedOn) }
}
