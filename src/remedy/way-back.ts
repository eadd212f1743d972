/** Takes back what was begun. */
import { EXIT, StellaError } from '../model/errors.ts'
import type { FixRecord } from '../model/fix.ts'
import { errorMessage } from '../model/error-message.ts'
import type { Driver, Hands } from './driver.ts'
import { openJournal } from './journal.ts'
import type { Journal } from './journal.ts'
import { driverOf } from './workshop.ts'
import type { Workshop } from './workshop.ts'

export const LEFT_BEHIND = 'the stella that made it ended half-way'

/** Long enough for containers that take their time to stop; an interruption does not interrupt the way back. */
const WAY_BACK_MS = 10 * 60_000

/** Of what could not be made, or was left half-made; what is in the way of it is in the record. */
export async function rollBack(
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

/** @throws StellaError where it cannot be taken back; it stays applied where nothing was touched */
export async function undo(
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
export async function takeBackLeftover(left: FixRecord, workshop: Workshop): Promise<void> {
  const journal = openJournal(workshop.store, left)
  const driver = driverOf(left.plan, workshop)
  const record = await rollBack(journal, driver, workshop.hands, left.problem ?? LEFT_BEHIND)
  if (record.state === 'stuck') throw stuckError(record)
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
    todo: `remove what is in its way, and run 'stella fix --undo ${id}'`,
  })
}

export function sentenceOf(error: unknown): string {
  return errorMessage(error)
}
