/** Goes through a runbook from where the run stands, until it is over or has to wait for somebody. */
import { planOf } from '../plan.ts'
import type { PlannedStep } from '../plan.ts'
import { carryOut, mostMs } from './carry-out.ts'
import { prepared } from './commands.ts'
import type { RunDesk } from './desk.ts'
import { decide } from './decide.ts'
import type { EndedState, EventOf } from './event.ts'
import { valuesFor } from './judge.ts'
import { canBeLeft, leftFor, nameOf } from './left.ts'
import type { Run } from './run.ts'
import { takeBack, toTakeBack } from './take-back.ts'
import { verdictOf } from './verdict.ts'

type Progress = 'go-on' | 'wait' | 'failed'

const FOR_A_PERSON = 'it is for a person'
const TIME_IS_UP = 'the time for looking was up'
/** What begins later than this would only be cut off. */
const LEAST_MS = 500

/** The run has ended then, or waits: its state says which. */
export async function goThrough(run: Run): Promise<void> {
  const { steps } = run.plan
  for (const planned of steps) {
    const progress = await goOn(run, planned)
    if (progress === 'wait') return
    if (progress === 'failed') return fail(run)
  }
  const [left] = run.state().left.values()
  if (left !== undefined) {
    run.note({ kind: 'waits', step: left.step, why: left.why, stillRuns: false })
    return
  }
  const over = verdictOf(
    run.state(),
    steps.map(({ step }) => step),
  )
  run.note({ kind: 'ended', ...over })
}

async function goOn(run: Run, planned: PlannedStep): Promise<Progress> {
  const { step } = planned
  const before = run.state().ended.get(step.id)
  if (before !== undefined) return isFatal(planned, before.state) ? 'failed' : 'go-on'
  if (run.desk.signal.aborted) return waits(run, planned, interrupted(run))
  const { open } = run.state()
  if (open?.step === step.id && !open.isUndo && step.kind === 'change') {
    return goOnWithOpen(run, planned)
  }
  const steps = run.plan.steps.map((each) => each.step)
  const missed = leftFor(step, steps, run.state(), run.params)
  if (missed !== null) return leave(run, planned, `it needs what comes of '${missed}'`)
  const decision = decide(planned, run.state(), run.params, steps)
  switch (decision.kind) {
    case 'skip':
      return end(run, planned, { state: 'skipped', why: decision.why })
    case 'refuse':
      return end(run, planned, { state: 'refused', why: decision.why })
    case 'by-hand':
      return byHand(run, planned)
    case 'ask-for':
      return askFor(run, planned, decision.why)
    case 'run':
      if (isTooLate(run, planned)) return leave(run, planned, TIME_IS_UP)
      return isToBeAsked(run, planned)
        ? askFor(run, planned, 'no author has said what it is')
        : doIt(run, planned)
  }
}

/** Of a document that nobody has prepared, whoever is there is asked before each step. */
function isToBeAsked({ desk }: Run, { step }: PlannedStep): boolean {
  return desk.person?.looksOn === true && !step.isDeclared && step.kind !== 'change'
}

async function askFor(run: Run, planned: PlannedStep, why: string): Promise<Progress> {
  const { desk, plan } = run
  const { step } = planned
  const answer = (await desk.person?.approves(filledIn(run, planned), why)) ?? 'quit'
  if (answer === 'quit') return waits(run, planned, why)
  if (answer === 'no') {
    return end(run, planned, { state: 'skipped', why: `${desk.by} did not want it`, by: desk.by })
  }
  const how = desk.person?.how ?? 'terminal'
  run.note({ kind: 'approved', by: desk.by, how, plan: plan.hash, steps: [step.id] })
  if (step.kind !== 'change') return doIt(run, planned)
  const again = decide(planned, run.state(), run.params, [])
  return again.kind === 'ask-for' ? waits(run, planned, again.why) : doIt(run, planned)
}

/** With what is known by now, so that somebody sees the very words that would be run. */
function filledIn({ runbook, params, state }: Run, planned: PlannedStep): PlannedStep {
  const { captures } = state()
  const known = new Map([...captures].map(([name, value]) => [name, String(value)]))
  const { steps } = planOf({ ...runbook, steps: [planned.step] }, new Map([...params, ...known]))
  return steps[0] ?? planned
}

async function byHand(run: Run, planned: PlannedStep): Promise<Progress> {
  const { person, by } = run.desk
  const { step } = planned
  if (person === null) return end(run, planned, { state: 'skipped', why: FOR_A_PERSON })
  if (step.kind === 'ask') {
    const given = await person.valueFor(planned)
    if (given === 'later') return leave(run, planned, FOR_A_PERSON)
    return given === 'none'
      ? end(run, planned, { state: 'skipped', why: 'no value was given', by })
      : end(run, planned, { state: 'ok', why: null, by, captures: { [nameOf(step)]: given.value } })
  }
  const answer = await person.hasDone(planned)
  if (answer === 'later') return leave(run, planned, FOR_A_PERSON)
  if (answer === 'quit') return waits(run, planned, FOR_A_PERSON)
  return answer === 'yes'
    ? end(run, planned, { state: 'ok', why: null, by })
    : end(run, planned, { state: 'skipped', why: `${by} did not do it`, by })
}

/** A change had begun when stella ended: what became of it, nobody here knows. */
async function goOnWithOpen(run: Run, planned: PlannedStep): Promise<Progress> {
  const { person, by } = run.desk
  const why = 'it had begun when stella ended, and nobody knows what became of it'
  const answer = (await person?.wantsAgain(planned)) ?? 'unknown'
  if (answer === 'unknown') return end(run, planned, { state: 'failed', why })
  if (answer === 'quit') return waits(run, planned, why)
  if (answer === 'no')
    return end(run, planned, { state: 'ok', why: `${by} says that it was done`, by })
  return doIt(run, planned)
}

async function doIt(run: Run, planned: PlannedStep): Promise<Progress> {
  const { step } = planned
  const state = run.state()
  const values = new Map([...run.params, ...state.captures])
  const ready = prepared(step.run, values, step.kind)
  if (!ready.ok) {
    const why = ready.says
    return end(run, planned, { state: ready.isMissing ? 'skipped' : 'refused', why })
  }
  if (step.kind === 'change') {
    const argv = ready.commands.map((programs) => programs.map((words) => [...words]))
    run.note({ kind: 'change-begun', step: step.id, argv })
  } else run.note({ kind: 'step-begun', step: step.id })
  const carried = await carryOut(
    {
      step,
      commands: ready.commands,
      values: valuesFor(state, run.params),
      changedAt: state.changedAt === null ? null : Date.parse(state.changedAt),
      started:
        step.kind === 'change'
          ? (programs) => run.note({ kind: 'started', step: step.id, programs: [...programs] })
          : null,
      until: step.kind === 'change' ? null : run.until,
    },
    step.kind === 'change' ? deskOfChange(run.desk) : run.desk,
  )
  // What only looks is simply looked at again; what a change has done stays done.
  if (carried.kind === 'left' && step.kind !== 'change') {
    return waits(run, planned, interrupted(run))
  }
  const isCutOff = step.kind !== 'change' && carried.ended.state === 'failed'
  if (isCutOff && isTooLate(run, planned)) return leave(run, planned, TIME_IS_UP)
  return end(run, planned, carried.ended)
}

/** It looks, and the time for that is up, or would be before it ends. */
function isTooLate({ until, desk }: Run, { step }: PlannedStep): boolean {
  if (until === null || step.kind === 'change') return false
  return until - desk.now() < (step.kind === 'wait' ? mostMs(step) : LEAST_MS)
}

function deskOfChange(desk: RunDesk): RunDesk {
  return { ...desk, signal: desk.endsChange ?? desk.signal }
}

function end(
  run: Run,
  planned: PlannedStep,
  how: Pick<EventOf<'step-ended'>, 'state' | 'why'> & Partial<EventOf<'step-ended'>>,
): Progress {
  run.note({
    attempts: 0,
    commands: [],
    captures: {},
    none: [],
    seen: [],
    exit: null,
    by: null,
    ...how,
    kind: 'step-ended',
    step: planned.step.id,
  })
  return isFatal(planned, how.state) ? 'failed' : 'go-on'
}

function isFatal({ step }: PlannedStep, state: EndedState): boolean {
  return state === 'failed' && (step.kind === 'change' || step.kind === 'assert')
}

/** Nobody is there for it: what only looks goes on, and what changes something does not without it. */
function leave(run: Run, planned: PlannedStep, why: string): Progress {
  const { step } = planned
  if (!canBeLeft(step)) return waits(run, planned, why)
  if (!run.state().left.has(step.id)) run.note({ kind: 'left', step: step.id, why })
  return 'go-on'
}

function interrupted({ desk }: Run): string {
  const who: unknown = desk.signal.reason
  return typeof who === 'string' ? `${who} has stopped it` : 'it was interrupted'
}

function waits(run: Run, { step }: PlannedStep, why: string): Progress {
  run.note({ kind: 'waits', step: step.id, why, stillRuns: false })
  return 'wait'
}

async function fail(run: Run): Promise<void> {
  const { desk, plan } = run
  if (!(await closeOpenUndo(run))) return
  const steps = plan.steps.map(({ step }) => step)
  const { why } = verdictOf(run.state(), steps)
  const changes = toTakeBack(run)
  // What a crash has cut short is brought to its end.
  const hasBegun = run.state().undone.size > 0
  const isWanted =
    hasBegun ||
    run.state().begun.undoOnFailure ||
    ((await desk.person?.wantsUndo(
      why,
      changes.map(({ step }) => step.id),
    )) ??
      false)
  if ((changes.length > 0 || hasBegun) && isWanted) await undo(run, why)
  else run.note({ kind: 'ended', verdict: 'failed', why })
}

/** An undo that had begun when stella ended is never begun again without somebody's word. False: the run waits. */
async function closeOpenUndo(run: Run): Promise<boolean> {
  const { open } = run.state()
  const planned = run.plan.steps.find(({ step }) => step.id === open?.step)
  if (open?.isUndo !== true || planned === undefined) return true
  const { person, by } = run.desk
  const unknown = 'it had begun when stella ended, and nobody knows what became of it'
  const answer = (await person?.wantsAgain(planned)) ?? 'unknown'
  if (answer === 'yes') return true
  if (answer === 'quit') {
    waits(run, planned, unknown)
    return false
  }
  const isDone = answer === 'no'
  const why = isDone ? `${by} says that it was done` : unknown
  run.note({ kind: 'undo-ended', step: open.step, isDone, why, command: null })
  return true
}

/** Takes the changes back, and ends the run with it. */
export async function undo(run: Run, why: string): Promise<void> {
  if (!(await closeOpenUndo(run))) return
  const left = await takeBack(run)
  run.note(
    left.length === 0
      ? { kind: 'ended', verdict: 'undone', why: `${why}; the changes were taken back` }
      : {
          kind: 'ended',
          verdict: 'failed',
          why: `${why}; not taken back: ${left.join(', ')}`,
        },
  )
}
