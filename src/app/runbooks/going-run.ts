/** What beginning a run and going on with it have in common: one at a time for a runbook with its parameters. */
import { join } from 'node:path'
import { refusedError, usageError } from '../../model/errors.ts'
import type { Runbook } from '../../model/runbook.ts'
import type { Plan } from '../../runbooks/plan.ts'
import type { StepTold } from '../../runbooks/run/event.ts'
import type { Run } from '../../runbooks/run/run.ts'
import { privateFolder } from '../../store/durable.ts'
import { takeLockSoon } from '../../store/lock.ts'
import type { Lock, LockClaim } from '../../store/lock.ts'
import type { Journal } from '../../store/runs.ts'
import { lockPath } from './recorded-runs.ts'

/** What somebody has said yes to beforehand. */
export interface Approval {
  /** The hash of the plan; null: of none. */
  hash: string | null
  /** Of the changes, only these; empty: all that the document does not leave to a choice. */
  steps: readonly string[]
  /** To all whose risk is low. */
  lowRisk: boolean
}

/** One that goes on by itself from here. */
export interface GoingRun {
  id: string
  /** It has ended, or waits. @throws StellaError (unreachable) where its journal cannot be written any more */
  over: Promise<void>
}

/** @param prepare all that has to be well before the run goes on; gives what it does then */
export function going(
  id: string,
  lock: Lock,
  open: () => Journal,
  prepare: (journal: Journal) => () => Promise<void>,
): GoingRun {
  let journal: Journal | null = null
  const close = (): void => {
    journal?.close()
    lock.release()
  }
  try {
    journal = open()
    const goOn = prepare(journal)
    return { id, over: goOn().finally(close) }
  } catch (error) {
    close()
    throw error
  }
}

/** @throws StellaError (unreachable) naming the owner, where another one holds it */
export function lockOf(
  folder: string,
  runbook: string,
  params: ReadonlyMap<string, string>,
  claim: LockClaim,
): Promise<Lock> {
  privateFolder(join(privateFolder(folder), 'locks'))
  return takeLockSoon(lockPath(folder, runbook, Object.fromEntries(params)), claim)
}

/** @throws StellaError (usage) where not all of it could be read: what is left may be something else than its author meant */
export function refuseBroken({ broken, path }: Runbook): void {
  if (broken === null) return
  const todo = 'mend it first: stella runbook lint tells all that is wrong'
  throw usageError(`it is not run: ${broken.says}`, `${path}:${broken.line}`, todo)
}

export function refuseOtherPlan(plan: Plan, { hash, steps }: Approval): void {
  if (hash !== null && hash !== plan.hash) {
    throw refusedError(
      'conflict',
      'this is the hash of another plan',
      '--approve',
      'look at the plan as it is now with --dry-run',
    )
  }
  const unknown = steps.find(
    (id) => !plan.steps.some(({ step }) => step.id === id && step.kind === 'change'),
  )
  if (unknown === undefined) return
  const known = plan.steps.flatMap(({ step }) => (step.kind === 'change' ? step.id : []))
  throw usageError(
    `no change is called '${unknown.slice(0, 60)}'`,
    '--step',
    `use one of ${known.join(', ')}`,
  )
}

export function approve(run: Run, { hash, steps, lowRisk }: Approval): void {
  const { by } = run.desk
  const plan = run.plan.hash
  if (hash !== null) {
    const chosen = steps.length === 0 ? null : [...steps]
    run.note({ kind: 'approved', by, how: 'hash', plan, steps: chosen })
  }
  if (lowRisk) run.note({ kind: 'approved', by, how: 'low-risk', plan, steps: null })
}

export function toldOf({ steps }: Plan): StepTold[] {
  return steps.map(({ step, run, undo: takesBack }) => {
    const { id, phase, branch, kind, title, when, risk, approvals } = step
    return { id, phase, branch, kind, title, run, when, risk, approvals, undo: takesBack }
  })
}
