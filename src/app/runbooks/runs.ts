/** Runs of runbooks: begun, gone on with, and taken back. One at a time for a runbook with its parameters. */
import { createHash, randomBytes } from 'node:crypto'
import { join, resolve } from 'node:path'
import { redactEvent } from '../../evidence/redact.ts'
import { REDACTED } from '../../evidence/redacted.ts'
import { usageError } from '../../model/errors.ts'
import type { Runbook } from '../../model/runbook.ts'
import { paramValues } from '../../runbooks/params.ts'
import { planOf } from '../../runbooks/plan.ts'
import type { Plan } from '../../runbooks/plan.ts'
import type { RunDesk } from '../../runbooks/run/desk.ts'
import { goThrough, undo } from '../../runbooks/run/engine.ts'
import { eventIn } from '../../runbooks/run/event.ts'
import type { RunEvent, StepTold } from '../../runbooks/run/event.ts'
import { runOver } from '../../runbooks/run/run.ts'
import type { Run } from '../../runbooks/run/run.ts'
import { stateAtBegin, stateOf } from '../../runbooks/run/state.ts'
import { toTakeBack } from '../../runbooks/run/take-back.ts'
import { privateFolder } from '../../store/durable.ts'
import { takeLockSoon } from '../../store/lock.ts'
import type { Lock } from '../../store/lock.ts'
import { noSuchRun, runStore } from '../../store/runs.ts'
import { VERSION } from '../version.ts'

/** What somebody has said yes to beforehand. */
export interface Approval {
  /** The hash of the plan; null: of none. */
  hash: string | null
  /** Of the changes, only these; empty: all that the document does not leave to a choice. */
  steps: readonly string[]
  /** To all whose risk is low. */
  lowRisk: boolean
}

export interface RunOrder {
  runbook: Runbook
  path: string
  given: ReadonlyMap<string, string>
  approval: Approval
  onlyChecks: boolean
  deep: boolean
  undoOnFailure: boolean
}

export interface ResumeOrder {
  id: string
  open(path: string): Runbook
  /** Of parameters whose values are not in the journal, for they are secrets. */
  given: ReadonlyMap<string, string>
  approval: Approval
  /** The document may be another one than it was. */
  rebase: boolean
  /** Take the changes back instead of going on. */
  undo: boolean
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
  const { runbook, approval } = order
  const { values } = paramValues(runbook.params, order.given)
  const plan = planOf(runbook, values)
  refuseOtherPlan(plan, approval)
  const store = runStore(dataFolder)
  const id = idAt(desk.now())
  const lock = await lockOf(store.folder, runbook.id, values, { purpose: id, at: desk.now() })
  try {
    const journal = store.create(id)
    const begun = {
      kind: 'begun',
      by: desk.by,
      host: desk.host,
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
    const run = runOver(journal, { runbook, plan, params: values, desk }, begin)
    try {
      run.note(begun)
      approve(run, approval)
      await goThrough(run)
    } finally {
      journal.close()
    }
    return id
  } finally {
    lock.release()
  }
}

/**
 * Goes on with a run where it stands.
 *
 * @throws StellaError (usage) where it is over, its plan is another one now, or its journal was changed; (unreachable) where there
 * is no such run, or another one works on it
 */
export async function resumeRun(
  dataFolder: string,
  order: ResumeOrder,
  desk: RunDesk,
): Promise<void> {
  const store = runStore(dataFolder)
  const { begun } = stateIn(store.read(order.id)?.events ?? [], order.id)
  const written = new Map(Object.entries(begun.params))
  const lock = await lockOf(store.folder, begun.runbook.id, written, {
    purpose: order.id,
    at: desk.now(),
  })
  try {
    const journal = store.open(order.id)
    try {
      // Read again behind the lock: somebody may have gone on in the meantime.
      const state = stateIn(store.read(order.id)?.events ?? [], order.id)
      const runbook = order.open(begun.runbook.path)
      const params = paramsAgain(runbook, written, order.given)
      const plan = planOf(runbook, params)
      if (plan.hash !== state.plan && !order.rebase) {
        throw usageError(
          'the runbook, or what its parameters make of it, is another one than when the run began',
          begun.runbook.path,
          `look at it with --dry-run, and give --rebase to go on with it as it is now`,
        )
      }
      refuseOtherPlan(plan, order.approval)
      const run = runOver(journal, { runbook, plan, params, desk }, state)
      const isOver = state.verdict !== null
      if (isOver && !(order.undo && toTakeBack(run).length > 0)) {
        throw usageError(
          `it is over: ${state.verdict?.verdict}`,
          order.id,
          order.undo
            ? 'there is nothing to take back'
            : 'begin another one with stella runbook run',
        )
      }
      run.note({
        kind: 'resumed',
        by: desk.by,
        host: desk.host,
        plan: plan.hash,
        steps: toldOf(plan),
      })
      approve(run, order.approval)
      await (order.undo ? undo(run, `${desk.by} wanted it`) : goThrough(run))
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

export interface RecordedRun {
  id: string
  events: readonly RunEvent[]
  /** Where its journal was changed after it was written. */
  broken: { line: number; says: string } | null
}

/** @throws StellaError (unreachable) where there is none */
export function recordedRun(dataFolder: string, id: string): RecordedRun {
  const chain = runStore(dataFolder).read(id)
  if (chain === null) throw noSuchRun(id)
  const events = chain.events.flatMap((each) => eventIn(each) ?? [])
  return { id, events, broken: chain.broken }
}

/** Newest first. */
export function recordedRuns(dataFolder: string, most: number): readonly RecordedRun[] {
  const ids = runStore(dataFolder).ids().slice(0, most)
  return ids.map((id) => recordedRun(dataFolder, id))
}

function stateIn(held: readonly unknown[], id: string): ReturnType<typeof stateAtBegin> {
  const events = held.flatMap((each) => eventIn(each) ?? [])
  const state = stateOf(events)
  if (held.length === 0) throw noSuchRun(id)
  if (state !== null && events.length === held.length) return state
  throw usageError('its journal is of another version of stella', id, 'begin another run')
}

function refuseOtherPlan(plan: Plan, { hash, steps }: Approval): void {
  if (hash !== null && hash !== plan.hash) {
    throw usageError(
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

function approve(run: Run, { hash, steps, lowRisk }: Approval): void {
  const { by } = run.desk
  const plan = run.plan.hash
  if (hash !== null) {
    const chosen = steps.length === 0 ? null : [...steps]
    run.note({ kind: 'approved', by, how: 'hash', plan, steps: chosen })
  }
  if (lowRisk) run.note({ kind: 'approved', by, how: 'low-risk', plan, steps: null })
}

function toldOf({ steps }: Plan): StepTold[] {
  return steps.map(({ step: { id, phase, kind, title }, undo: takesBack }) => ({
    id,
    phase,
    kind,
    title,
    undo: takesBack,
  }))
}

function idAt(at: number): string {
  const time = new Date(at)
    .toISOString()
    .replaceAll(/[-:]|\..*$/g, '')
    .replace('T', '-')
  return `run-${time}-${randomBytes(2).toString('hex')}`
}

/** @throws StellaError (unreachable) naming the owner, where another one holds it */
function lockOf(
  folder: string,
  runbook: string,
  params: ReadonlyMap<string, string>,
  claim: { purpose: string; at: number },
): Promise<Lock> {
  // As the journal has them: whoever resumes has no others.
  const target = JSON.stringify([runbook, redactEvent(Object.fromEntries(params))])
  const name = createHash('sha256').update(target).digest('hex').slice(0, 32)
  return takeLockSoon(join(privateFolder(join(privateFolder(folder), 'locks')), name), claim)
}
