/** Changes the world, and takes it back. */
import { randomBytes } from 'node:crypto'
import type { RemedyLayer } from '../model/case.ts'
import { StellaError, usageError } from '../model/errors.ts'
import type { Change, ChangePlan, FixRecord, FixTarget } from '../model/fix.ts'
import type { Subject } from '../model/subject.ts'
import type { FixEvidence } from '../store/fixes.ts'
import type { Driver, Hands, ManifestForm, PlanRequest } from './driver.ts'
import { refuseHarm, refuseHarmfulPlan, refuseProblems } from './invariants.ts'
import { openJournal } from './journal.ts'
import type { Journal } from './journal.ts'
import { lockTarget } from './locks.ts'
import { coveredBy, findFix, newerThan, unfinishedOf } from './made-fixes.ts'
import { LEFT_BEHIND, rollBack, sentenceOf, takeBackLeftover, undo } from './way-back.ts'
import { driverOf } from './workshop.ts'
import type { Workshop } from './workshop.ts'

/** A plan, and what it answers. */
export interface FixOrder {
  plan: ChangePlan
  change: Change
  subject: Subject
  caseId: string | null
  remedyId: string | null
  layer: RemedyLayer
  /** Written down before anything is changed. */
  evidence: readonly FixEvidence[]
}

/**
 * Works out what would be done; the first driver that can make the change does it. Changes nothing.
 *
 * @throws StellaError where nobody can make it, or where it would do harm
 */
export async function planChange(
  drivers: readonly Driver[],
  request: PlanRequest,
  hands: Hands,
): Promise<ChangePlan> {
  const plan = await driverFor(drivers, request).plan(request, hands)
  refuseHarmfulPlan(plan)
  return plan
}

/**
 * The change as a file that somebody else's pipeline takes it from. Changes nothing.
 *
 * @throws StellaError where nobody can write it, or where it would do harm
 */
export async function writeManifest(
  drivers: readonly Driver[],
  request: PlanRequest,
  form: ManifestForm,
  hands: Hands,
): Promise<string> {
  const driver = driverFor(drivers, request)
  if (driver.manifest !== undefined) return driver.manifest(request, form, hands)
  throw usageError(
    `what runs on ${driver.platform} is not changed by ${form}`,
    '--for',
    `leave it out, or use --for ${driver.platform}`,
  )
}

function driverFor(drivers: readonly Driver[], { target, change }: PlanRequest): Driver {
  refuseHarm(change)
  const driver = drivers.find(({ handles }) => handles(target, change))
  if (driver !== undefined) return driver
  throw usageError(
    `stella cannot make this change to a ${target.kind} by itself`,
    null,
    'take the commands that the case names for your platform',
  )
}

/**
 * Carries a plan out. Whatever stops it, `hands.signal` too, is followed by taking back what was begun.
 *
 * @returns the record: `applied`, `rolled-back`, or `stuck` with what is left in `problem`
 * @throws StellaError where it could not even begin: nothing is changed then
 */
export async function applyPlan(order: FixOrder, workshop: Workshop): Promise<FixRecord> {
  const { evidence, ...facts } = order
  const { store, hands } = workshop
  refuseHarm(order.change)
  refuseHarmfulPlan(order.plan)
  refuseProblems(order.plan)
  const driver = driverOf(order.plan, workshop)
  const at = hands.reader.now()
  const id = newFixId(at)
  const lock = await lockTarget(store.folder, order.plan.target, { purpose: id, at })
  try {
    for (const left of unfinishedOf(store, order.plan.target))
      await takeBackLeftover(left, workshop)
    const record: FixRecord = {
      ...facts,
      id,
      state: 'applying',
      at,
      appliedAt: null,
      endedAt: null,
      begun: [],
      done: [],
      problem: null,
    }
    store.create(record, evidence)
    return await carryOut(openJournal(store, record), driver, hands)
  } finally {
    lock.release()
  }
}

/**
 * Takes a fix back: by its id, or the newest of a target. One that is taken back already stays as it is.
 *
 * @param options.force overwrites what somebody else changed since
 * @throws StellaError where there is none, or where somebody else changed it since; the fix stays applied then
 */
export async function undoFix(
  which: string | FixTarget,
  workshop: Workshop,
  options: { force: boolean },
): Promise<FixRecord> {
  const { store, hands } = workshop
  const { plan } = findFix(which, store)
  const purpose = 'the undo of a fix'
  const lock = await lockTarget(store.folder, plan.target, { purpose, at: hands.reader.now() })
  try {
    if (typeof which !== 'string') {
      for (const left of unfinishedOf(store, plan.target)) await takeBackLeftover(left, workshop)
    }
    const record = findFix(which, store)
    if (record.state === 'undone' || record.state === 'rolled-back') return record
    const newer = newerThan(record, store)
    if (newer !== null && !options.force) throw coveredBy(newer)
    return await undo(openJournal(store, record), workshop, options)
  } finally {
    lock.release()
  }
}

/**
 * Takes back what dead owners left half-made, of all targets; those that somebody works on are left alone.
 *
 * @returns the fixes that were taken back, or are stuck
 */
export async function recoverFixes(workshop: Workshop): Promise<readonly FixRecord[]> {
  const { store, hands } = workshop
  const recovered: FixRecord[] = []
  for (const { id, state, plan } of store.list()) {
    if (state !== 'applying' && state !== 'stuck') continue
    if (!workshop.drivers.some(({ platform }) => platform === plan.platform)) continue
    const claim = { purpose: `the recovery of ${id}`, at: hands.reader.now() }
    const lock = await lockTarget(store.folder, plan.target, claim).catch(() => null)
    if (lock === null) continue
    try {
      const now = store.read(id)
      if (now?.state === 'applying' || now?.state === 'stuck') {
        const journal = openJournal(store, now)
        recovered.push(await rollBack(journal, driverOf(plan, workshop), hands, LEFT_BEHIND))
      }
    } finally {
      lock.release()
    }
  }
  return recovered
}

async function carryOut(journal: Journal, driver: Driver, hands: Hands): Promise<FixRecord> {
  for (const step of journal.record.plan.steps) {
    try {
      hands.signal.throwIfAborted()
      journal.begin(step)
      journal.finish(step, await driver.carryOut(step, hands))
    } catch (error) {
      const reason = hands.signal.aborted ? 'it was interrupted' : reasonOf(error)
      return rollBack(journal, driver, hands, `${step.says}: ${reason}`)
    }
  }
  const now = hands.reader.now()
  journal.set({ state: 'applied', appliedAt: now, endedAt: now })
  return journal.record
}

/** With the next step, where it is known: whoever reads the record has nothing else. */
function reasonOf(error: unknown): string {
  return error instanceof StellaError ? `${error.message}; ${error.todo}` : sentenceOf(error)
}

/** Sorts by the time. */
function newFixId(at: number): string {
  const time = new Date(at).toISOString().replace(/[-:]/g, '').replace('T', '-').replace('.', '-')
  return `fix-${time.replace('Z', '')}-${randomBytes(2).toString('hex')}`
}
