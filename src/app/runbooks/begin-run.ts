/** Begins runs of runbooks. */
import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import type { Runbook } from '../../model/runbook.ts'
import { paramValues } from '../../runbooks/params.ts'
import { planOf } from '../../runbooks/plan.ts'
import type { RunDesk } from '../../runbooks/run/desk.ts'
import { goThrough } from '../../runbooks/run/engine.ts'
import type { RunOrigin } from '../../runbooks/run/event.ts'
import { runOver } from '../../runbooks/run/run.ts'
import { stateAtBegin } from '../../runbooks/run/state.ts'
import { runStore } from '../../store/runs.ts'
import { thinRuns } from '../../store/runs/retention.ts'
import { VERSION } from '../version.ts'
import { approve, going, lockOf, refuseBroken, refuseOtherPlan, toldOf } from './going-run.ts'
import type { Approval, GoingRun } from './going-run.ts'

export interface RunOrder {
  origin: RunOrigin
  /** Why, in the words of whoever begins it. */
  reason?: string
  runbook: Runbook
  path: string
  given: ReadonlyMap<string, string>
  approval: Approval
  onlyChecks: boolean
  deep: boolean
  undoOnFailure: boolean
  /** How long what only looks may take in all; null: as long as each step may. */
  withinMs: number | null
}

/**
 * Begins a run, and goes as far as it may. Gives its id.
 *
 * @throws StellaError (usage) where the approval is one of another plan; (unreachable) where another one runs
 */
export async function startRun(
  dataFolder: string,
  order: RunOrder,
  desk: RunDesk,
): Promise<string> {
  const { id, over } = await beginRun(dataFolder, order, desk)
  await over
  return id
}

/**
 * Begins a run: it is written down when this resolves.
 *
 * @throws StellaError as {@link startRun}
 */
export async function beginRun(
  dataFolder: string,
  order: RunOrder,
  desk: RunDesk,
): Promise<GoingRun> {
  const { runbook, approval } = order
  refuseBroken(runbook)
  const { values } = paramValues(runbook.params, order.given)
  const plan = planOf(runbook, values)
  refuseOtherPlan(plan, approval)
  const store = runStore(dataFolder)
  thinRuns(store.folder, store.ids(), desk.now())
  const id = idAt(desk.now())
  const lock = await lockOf(store.folder, runbook.id, values, { purpose: id, at: desk.now() })
  return going(
    id,
    lock,
    () => store.create(id),
    (journal) => {
      const begun = {
        kind: 'begun',
        by: desk.by,
        host: desk.host,
        origin: order.origin,
        reason: order.reason ?? null,
        version: VERSION,
        runbook: { id: runbook.id, title: runbook.title, path: resolve(order.path) },
        params: Object.fromEntries(values),
        plan: plan.hash,
        steps: toldOf(plan),
        onlyChecks: order.onlyChecks,
        deep: order.deep,
        undoOnFailure: order.undoOnFailure,
      } as const
      const begin = stateAtBegin({ ...begun, at: '' })
      const until = order.withinMs === null ? null : desk.now() + order.withinMs
      const run = runOver(journal, { runbook, plan, params: values, desk, until }, begin)
      run.note(begun)
      approve(run, approval)
      return () => goThrough(run)
    },
  )
}

function idAt(at: number): string {
  const time = new Date(at)
    .toISOString()
    .slice(0, '2026-01-01T00:00:00'.length)
    .replaceAll(/[-:]/g, '')
    .replace('T', '-')
  return `run-${time}-${randomBytes(2).toString('hex')}`
}
