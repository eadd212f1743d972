/** Goes on with runs of runbooks from their journals, or takes them back. */
import { redactEvent } from '../../evidence/redact.ts'
import { REDACTED } from '../../evidence/redacted.ts'
import { refusedError, usageError } from '../../model/errors.ts'
import type { Runbook } from '../../model/runbook.ts'
import type { Instant } from '../../model/time.ts'
import { paramValues } from '../../runbooks/params.ts'
import { planOf } from '../../runbooks/plan.ts'
import type { RunDesk } from '../../runbooks/run/desk.ts'
import { goThrough, undo } from '../../runbooks/run/engine.ts'
import { eventIn } from '../../runbooks/run/event.ts'
import type { EventOf, RunOrigin } from '../../runbooks/run/event.ts'
import { overWithOutlived } from '../../runbooks/run/outlived.ts'
import type { OutlivedWish } from '../../runbooks/run/outlived.ts'
import { runOver, timeOf } from '../../runbooks/run/run.ts'
import type { Run } from '../../runbooks/run/run.ts'
import { stateOf } from '../../runbooks/run/state.ts'
import type { RunState } from '../../runbooks/run/state.ts'
import { toTakeBack } from '../../runbooks/run/take-back.ts'
import { noSuchRun, runStore } from '../../store/runs.ts'
import { approve, going, lockOf, refuseBroken, refuseOtherPlan, toldOf } from './going-run.ts'
import type { Approval, GoingRun } from './going-run.ts'

export interface ResumeOrder {
  id: string
  reason?: string
  /** The document that it began with. */
  open(begun: EventOf<'begun'>['runbook']): Runbook
  /** Of parameters whose values are not in the journal, for they are secrets. */
  given: ReadonlyMap<string, string>
  approval: Approval
  /** The hash of the plan that whoever goes on has seen; where they say it, of another one nothing is done. */
  ofPlan?: string | undefined
  /** The document may be another one than it was. */
  rebase: boolean
  /** Take the changes back instead of going on. */
  undo: boolean
  /** What is done where a change that was open still runs; without it the run waits. */
  outlived?: OutlivedWish
}

/**
 * Goes on with a run where it stands, as far as it may.
 *
 * @throws StellaError (usage) where it is over, its plan is another one now, or its journal was changed; (unreachable) where there
 * is no such run, or another one works on it
 */
export async function resumeRun(
  dataFolder: string,
  order: ResumeOrder,
  desk: RunDesk,
): Promise<void> {
  const { over } = await goOnWithRun(dataFolder, order, desk)
  await over
}

/**
 * Goes on with a run: that it does so is written down when this resolves.
 *
 * @throws StellaError as {@link resumeRun}
 */
export async function goOnWithRun(
  dataFolder: string,
  order: ResumeOrder,
  desk: RunDesk,
): Promise<GoingRun> {
  const { id } = order
  const store = runStore(dataFolder)
  const { begun } = stateIn(store.read(id)?.events ?? [], id)
  const written = new Map(Object.entries(begun.params))
  const claim = { purpose: id, at: desk.now() }
  const lock = await lockOf(store.folder, begun.runbook.id, written, claim)
  return going(
    id,
    lock,
    () => store.open(id),
    (journal) => {
      // Read again behind the lock: somebody may have gone on in the meantime.
      const state = stateIn(store.read(id)?.events ?? [], id)
      refuseUnseenPlan(state.plan, order.ofPlan)
      const runbook = order.open(begun.runbook)
      refuseBroken(runbook)
      const params = paramsAgain(runbook, written, order.given)
      const plan = planOf(runbook, params)
      if (plan.hash !== state.plan && !order.rebase) {
        throw refusedError(
          'conflict',
          'the runbook, or what its parameters make of it, is another one than when the run began',
          begun.runbook.path,
          'look at it with --dry-run, and give --rebase to go on with it as it is now',
        )
      }
      refuseOtherPlan(plan, order.approval)
      const run = runOver(journal, { runbook, plan, params, desk, until: null }, state)
      const isOver = state.verdict !== null
      if (isOver && !(order.undo && toTakeBack(run).length > 0)) {
        throw refusedError(
          'conflict',
          `it is over: ${state.verdict?.verdict}`,
          id,
          order.undo
            ? 'there is nothing to take back'
            : "begin another one with 'stella runbook run'",
        )
      }
      run.note({
        kind: 'resumed',
        by: desk.by,
        host: desk.host,
        reason: order.reason ?? null,
        plan: plan.hash,
        steps: toldOf(plan),
      })
      approve(run, order.approval)
      return () => goOn(run, order)
    },
  )
}

async function goOn(run: Run, { undo: isUndo, outlived }: ResumeOrder): Promise<void> {
  if (!(await overWithOutlived(run, outlived ?? 'leave'))) return
  await (isUndo ? undo(run, `${run.desk.by} wanted it`) : goThrough(run))
}

/**
 * Writes down at a run that something else is about the same.
 *
 * @throws StellaError (unreachable) where there is no such run, or somebody works on it; (usage) where its journal was changed
 */
export async function noteAgain(
  dataFolder: string,
  id: string,
  { origin, at }: { origin: RunOrigin; at: Instant },
): Promise<void> {
  const store = runStore(dataFolder)
  const { begun } = stateIn(store.read(id)?.events ?? [], id)
  const params = new Map(Object.entries(begun.params))
  const lock = await lockOf(store.folder, begun.runbook.id, params, { purpose: id, at })
  try {
    const journal = store.open(id)
    try {
      journal.add(redactEvent({ kind: 'seen-again', at: timeOf(at), origin }), false)
    } finally {
      journal.close()
    }
  } finally {
    lock.release()
  }
}

/** @throws StellaError (usage) where a secret has to be given again */
function paramsAgain(
  runbook: Runbook,
  written: ReadonlyMap<string, string>,
  given: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  for (const [name, value] of written) {
    if (!value.includes(REDACTED) || given.has(name)) continue
    const what = `the value of '${name}' is in no journal: it looked like a secret`
    throw usageError(what, '--param', `give it again: --param ${name}=…`)
  }
  return given.size === 0
    ? written
    : paramValues(runbook.params, new Map([...written, ...given])).values
}

function stateIn(held: readonly unknown[], id: string): RunState {
  const events = held.flatMap((each) => eventIn(each) ?? [])
  const state = stateOf(events)
  if (held.length === 0) throw noSuchRun(id)
  if (state !== null && events.length === held.length) return state
  const says = 'its journal is of another version of stella'
  throw refusedError('conflict', says, id, 'begin another run')
}

function refuseUnseenPlan(plan: string, seen: string | undefined): void {
  if (seen === undefined || seen === plan) return
  throw refusedError(
    'conflict',
    'the plan of this run is another one than the one that was looked at',
    null,
    'look at it as it is now, and decide then',
  )
}
