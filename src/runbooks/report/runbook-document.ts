/** Runbooks for programs. */
import type { Param, Runbook, RunbookAbout } from '../../model/runbook.ts'
import type { RunbookRead } from '../document/read-runbook.ts'

/** With its steps. */
export interface RunbookDocument extends Runbook {
  schema: 'stella.runbook/1'
  problems: RunbookRead['problems']
}

export function runbookDocument({ runbook, problems }: RunbookRead): RunbookDocument {
  return { schema: 'stella.runbook/1', ...runbook, problems }
}

/** In a list of them. */
export interface ListedRunbook extends RunbookAbout {
  id: string
  title: string
  params: readonly Param[]
  /** How many. */
  steps: number
}

export function listedRunbook({ id, title, about, params, steps }: Runbook): ListedRunbook {
  return { id, title, ...about, params, steps: steps.length }
}
