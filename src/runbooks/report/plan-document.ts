/** What a run would do, for programs. */
import type { Param, Phase, Runbook, Step, StepKind } from '../../model/runbook.ts'
import type { Plan } from '../plan.ts'

export interface PlanDocument {
  schema: 'stella.runbook/1'
  id: string
  title: string
  params: Readonly<Record<string, string>>
  /** Parameters that have no value. */
  missing: readonly Pick<Param, 'name' | 'type' | 'asks'>[]
  repairs: readonly string[]
  /** Why it is not run. */
  broken: Runbook['broken']
  /** An approval is one of this. */
  hash: string
  plan: readonly PlanStep[]
}

interface PlanStep {
  id: string
  phase: Phase
  kind: StepKind
  title: string
  branch: string | null
  run: string
  changes: boolean
  refused: string | null
  undo: string | null
  when: string | null
  expect: string | null
  /** Null: it changes nothing. */
  risk: Step['risk'] | null
  approvals: number
  line: number
}

export function planDocument(
  runbook: Runbook,
  { steps, hash }: Plan,
  { values, missing }: { values: ReadonlyMap<string, string>; missing: readonly Param[] },
): PlanDocument {
  return {
    schema: 'stella.runbook/1',
    id: runbook.id,
    title: runbook.title,
    params: Object.fromEntries(values),
    missing: missing.map(({ name, type, asks }) => ({ name, type, asks })),
    repairs: runbook.repairs,
    broken: runbook.broken,
    hash,
    plan: steps.map(({ step, run, changes, refused, undo }) => ({
      id: step.id,
      phase: step.phase,
      kind: step.kind,
      title: step.title,
      branch: step.branch,
      run,
      changes,
      refused,
      undo,
      when: step.when,
      expect: step.expect,
      risk: step.kind === 'change' ? step.risk : null,
      approvals: step.approvals,
      line: step.line,
    })),
  }
}
