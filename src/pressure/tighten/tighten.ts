/** Finds the smallest limit under which a workload still passes, each on the real thing, and each taken back. */
import { errorMessage } from '../../model/error-message.ts'
import type { PressureRecord } from '../journal.ts'
import type { PressurePlan } from '../plan.ts'
import type { SubjectSeen } from '../subject.ts'
import { unreclaimableBytes } from '../../verdict/reading.ts'
import { narrowed, nextLimit } from './bisect.ts'
import type { Bracket } from './bisect.ts'
import { stepPlan } from './plan.ts'
import type { TightenPlan, TightenWish } from './plan.ts'

export interface TightenStep {
  limitBytes: number
  /** `too-tight`: it was not tried, because it holds more than that for good. */
  outcome: 'passed' | 'failed' | 'too-tight' | 'not-decided'
  why: string | null
  /** The id of the experiment; null: none was made. */
  experiment: string | null
}

export interface Tightened {
  /** What is known to pass, and what is not. */
  bracket: Bracket
  steps: readonly TightenStep[]
  /** It is found as exactly as was asked for; otherwise `why`. */
  isFound: boolean
  why: string | null
  /** An experiment could not be taken back. */
  left: boolean
}

export interface TightenDesk {
  see(): Promise<SubjectSeen>
  run(plan: PressurePlan): Promise<PressureRecord>
  wait(milliseconds: number): Promise<void>
  onStep(step: TightenStep): void
  signal: AbortSignal
}

/** A container that was killed is started again by its engine, and has to get well. */
const RECOVERY_TRIES = 10
const RECOVERY_PAUSE_MS = 3_000

export async function tighten(
  { bracket: first, precisionBytes }: TightenPlan,
  wish: TightenWish,
  desk: TightenDesk,
): Promise<Tightened> {
  const steps: TightenStep[] = []
  let bracket = first
  for (;;) {
    const limitBytes = nextLimit(bracket, precisionBytes)
    if (limitBytes === null) return { bracket, steps, isFound: true, why: null, left: false }
    const { step, left } = await tryLimit(limitBytes, wish, desk)
    steps.push(step)
    desk.onStep(step)
    if (step.outcome === 'not-decided' || left) {
      return { bracket, steps, isFound: false, why: step.why, left }
    }
    bracket = narrowed(bracket, limitBytes, step.outcome === 'passed')
  }
}

async function tryLimit(
  limitBytes: number,
  wish: TightenWish,
  desk: TightenDesk,
): Promise<{ step: TightenStep; left: boolean }> {
  for (let tried = 1; ; tried++) {
    const subject = await desk.see().catch((error: unknown) => sentenceOf(error))
    const kept = typeof subject === 'string' ? null : unreclaimableBytes(subject.state)
    if (kept !== null && kept > limitBytes) {
      const why = 'it holds more than that for good'
      return { step: { limitBytes, outcome: 'too-tight', why, experiment: null }, left: false }
    }
    const record =
      typeof subject === 'string' ? null : await desk.run(stepPlan(subject, wish, limitBytes))
    const isWell = record !== null && !isSick(record)
    if (isWell) return { step: stepOf(limitBytes, record), left: record.left }
    if (tried === RECOVERY_TRIES || desk.signal.aborted) {
      const reason = typeof subject === 'string' ? subject : record?.journal.stella.why
      const why = `it did not get well again under its own limit: ${reason ?? 'it is gone'}`
      const experiment = record?.id ?? null
      return { step: { limitBytes, outcome: 'not-decided', why, experiment }, left: false }
    }
    await desk.wait(RECOVERY_PAUSE_MS)
  }
}

/** Nothing was done to it, because it was not well to begin with. */
function isSick({ journal }: PressureRecord): boolean {
  return journal.status === 'failed' && !journal.deviated && journal.run.length === 0
}

function stepOf(limitBytes: number, { id, journal }: PressureRecord): TightenStep {
  const { why } = journal.stella
  const step = { limitBytes, why, experiment: id }
  if (journal.deviated || journal.status === 'failed') return { ...step, outcome: 'failed' }
  return { ...step, outcome: journal.status === 'completed' ? 'passed' : 'not-decided' }
}

function sentenceOf(error: unknown): string {
  return errorMessage(error)
}
