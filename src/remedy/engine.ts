/** Changes the world, and takes it back. */
import { randomBytes } from 'node:crypto'
import type { RemedyLayer } from '../model/case.ts'
import { EXIT, StellaError, unreachableError, usageError } from '../model/errors.ts'
import type { Change, ChangePlan, FixRecord, FixTarget } from '../model/fix.ts'
import type { Subject } from '../model/subject.ts'
import { targetKey } from '../store/fixes.ts'
import type { FixEvidence, FixStore } from '../store/fixes.ts'
import type { Driver, Hands, PlanRequest } from './driver.ts'
import { refuseHarm, refuseHarmfulPlan } from './invariants.ts'
import { openJournal } from './journal.ts'
import type { Journal } from './journal.ts'
import { lockTarget } from './locks.ts'

/** All that a fix is made with. */
export interface Workshop {
  drivers: readonly Driver[]
  store: FixStore
  hands: Hands
}

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
  refuseHarm(request.change)
  const driver = drivers.find(({ handles }) => handles(request.target, request.change))
  if (driver === undefined) {
    throw usageError(
      `stella cannot make this change to a ${request.target.kind} by itself`,
      null,
      'take the commands that the case names for your platform',
    )
  }
  const plan = await driver.plan(request, hands)
  refuseHarmfulPlan(plan)
  return plan
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
  const driver = driverOf(order.plan, workshop)
  const at = hands.reader.now()
  const id = newFixId(at)
  const lock = await lockTarget(store.folder, order.plan.target, { purpose: id, at })
  try {
    for (const left of unfinished(store, order.plan.target)) await takeBackLeftover(left, workshop)
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
  const { plan } = find(which, store)
  const purpose = 'the undo of a fix'
  const lock = await lockTarget(store.folder, plan.target, { purpose, at: hands.reader.now() })
  try {
    if (typeof which !== 'string') {
      for (const left of unfinished(store, plan.target)) await takeBackLeftover(left, workshop)
    }
    const record = find(which, store)
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

const LEFT_BEHIND = 'the stella that made it ended half-way'

async function carryOut(journal: Journal, driver: Driver, hands: Hands): Promise<FixRecord> {
  for (const step of journal.record.plan.steps) {
    try {
      hands.signal.throwIfAborted()
      journal.begin(step)
      journal.finish(step, await driver.carryOut(step, hands))
    } catch (error) {
      const reason = hands.signal.aborted ? 'it was interrupted' : sentenceOf(error)
      return rollBack(journal, driver, hands, `${step.says}: ${reason}`)
    }
  }
  const now = hands.reader.now()
  journal.set({ state: 'applied', appliedAt: now, endedAt: now })
  return journal.record
}

/** Long enough for containers that take their time to stop; an interruption does not interrupt the way back. */
const WAY_BACK_MS = 10 * 60_000

async function rollBack(
  journal: Journal,
  driver: Driver,
  hands: Hands,
  problem: string,
): Promise<FixRecord> {
  const endedAt = hands.reader.now()
  try {
    await takeBackAll(journal, driver, hands, { force: false })
    const state = journal.record.appliedAt === null ? 'rolled-back' : 'undone'
    journal.set({ state, problem, endedAt })
  } catch (error) {
    journal.set({ state: 'stuck', problem: `${problem}; ${leftOver(journal, error)}`, endedAt })
  }
  return journal.record
}

async function undo(
  journal: Journal,
  workshop: Workshop,
  options: { force: boolean },
): Promise<FixRecord> {
  const { hands } = workshop
  const { begun, appliedAt } = journal.record
  // From here on it is half-made: should we die, the rest is taken back by whoever comes next.
  journal.set({ state: 'applying' })
  try {
    await takeBackAll(journal, driverOf(journal.record.plan, workshop), hands, options)
  } catch (error) {
    const untouched = journal.record.begun.length === begun.length && appliedAt !== null
    if (untouched) {
      journal.set({ state: 'applied' })
      throw error
    }
    journal.set({ state: 'stuck', problem: leftOver(journal, error) })
    throw stuckError(journal.record)
  }
  const state = appliedAt === null ? 'rolled-back' : 'undone'
  journal.set({ state, endedAt: hands.reader.now() })
  return journal.record
}

async function takeBackAll(
  journal: Journal,
  driver: Driver,
  { reader }: Hands,
  options: { force: boolean },
): Promise<void> {
  const hands = { reader, signal: AbortSignal.timeout(WAY_BACK_MS) }
  const { plan, begun } = journal.record
  const steps = plan.steps.filter(({ id }) => begun.includes(id))
  for (const step of steps.toReversed()) {
    await driver.takeBack(step, hands, options)
    journal.takenBack(step)
  }
}

/** @throws StellaError where it cannot be taken back: nothing else may be built on it */
async function takeBackLeftover(left: FixRecord, workshop: Workshop): Promise<void> {
  const journal = openJournal(workshop.store, left)
  const driver = driverOf(left.plan, workshop)
  const record = await rollBack(journal, driver, workshop.hands, left.problem ?? LEFT_BEHIND)
  if (record.state === 'stuck') throw stuckError(record)
}

function unfinished(store: FixStore, target: FixTarget): FixRecord[] {
  const key = targetKey(target)
  return store
    .list()
    .filter(({ state }) => state === 'applying' || state === 'stuck')
    .filter(({ plan }) => targetKey(plan.target) === key)
}

function find(which: string | FixTarget, store: FixStore): FixRecord {
  const found = typeof which === 'string' ? store.read(which) : newestStanding(which, store)
  if (found !== null) return found
  const what =
    typeof which === 'string' ? `there is no fix ${which}` : 'stella has made no fix of it'
  throw unreachableError(what, store.folder, 'see the fixes that were made with stella fix --list')
}

/** The newest that is not taken back; where all are, the newest of them. */
function newestStanding(target: FixTarget, store: FixStore): FixRecord | null {
  const key = targetKey(target)
  const all = store.list().filter(({ plan }) => targetKey(plan.target) === key)
  return all.find(({ state }) => state !== 'undone' && state !== 'rolled-back') ?? all[0] ?? null
}

function newerThan(record: FixRecord, store: FixStore): FixRecord | null {
  const key = targetKey(record.plan.target)
  const standing = store
    .list()
    .filter(({ plan, state }) => targetKey(plan.target) === key && state === 'applied')
  return standing.find(({ id }) => id > record.id) ?? null
}

function driverOf(plan: ChangePlan, { drivers }: Workshop): Driver {
  const driver = drivers.find(({ platform }) => platform === plan.platform)
  if (driver !== undefined) return driver
  throw usageError(
    `this stella cannot change ${plan.platform}`,
    null,
    plan.platform === 'scanner'
      ? 'say which scanner it is, as in: stella doctor fix --undo ID --server URL'
      : 'use the version that made the fix',
  )
}

/** Sorts by the time. */
function newFixId(at: number): string {
  const time = new Date(at).toISOString().replace(/[-:]/g, '').replace('T', '-').replace('.', '-')
  return `fix-${time.replace('Z', '')}-${randomBytes(2).toString('hex')}`
}

function leftOver(journal: Journal, error: unknown): string {
  const { plan, begun } = journal.record
  const steps = plan.steps.filter(({ id }) => begun.includes(id)).map(({ says }) => says)
  return `not taken back: ${steps.join(', ')}: ${sentenceOf(error)}`
}

function stuckError({ id, problem }: FixRecord): StellaError {
  return new StellaError({
    exitCode: EXIT.unreachable,
    what: `the fix ${id} is stuck half-way: ${problem ?? 'its reason is not known'}`,
    todo: `remove what is in its way and run stella fix --undo ${id}`,
  })
}

function coveredBy({ id }: FixRecord): StellaError {
  return usageError(
    `another fix of the same target was made after it: ${id}`,
    null,
    `take that one back first: stella fix --undo ${id}`,
  )
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
