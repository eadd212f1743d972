/** Takes the changes of a run back, the last one first. */
import type { PlannedStep } from '../plan.ts'
import { runOne } from './carry-out.ts'
import { prepared } from './commands.ts'
import type { Run } from './run.ts'

const UNDO_MS = 600_000

/** Changes that can still be taken back, the last one first. */
export function toTakeBack(run: Pick<Run, 'plan' | 'state'>): readonly PlannedStep[] {
  const { changes, undone, ended } = run.state()
  return [...new Set(changes)].toReversed().flatMap((id) => {
    const planned = run.plan.steps.find(({ step }) => step.id === id)
    const wasMade = ended.get(id)?.state !== 'skipped'
    return planned === undefined || !wasMade || undone.has(id) ? [] : [planned]
  })
}

/** Gives the ids of those that could not be. */
export async function takeBack(run: Run): Promise<readonly string[]> {
  const left = [...run.state().undone.values()].flatMap(({ step, isDone }) => (isDone ? [] : step))
  for (const { step } of toTakeBack(run)) {
    const isDone = await takeOneBack(run, step)
    if (!isDone) left.push(step.id)
  }
  return left
}

async function takeOneBack(run: Run, step: PlannedStep['step']): Promise<boolean> {
  const { id, undo, risk } = step
  const over = (isDone: boolean, why: string | null): boolean => {
    run.note({ kind: 'undo-ended', step: id, isDone, why, command: null })
    return isDone
  }
  if (undo === null) {
    return risk === 'low'
      ? over(true, 'there is nothing to take back')
      : over(false, 'nobody knows how it is taken back')
  }
  const { captures, before, ended } = run.state()
  // What it was before, but for what the change itself has said.
  const own = Object.entries(ended.get(id)?.captures ?? {})
  const values = new Map([...run.params, ...captures, ...before, ...own])
  const ready = prepared([undo], values, 'undo')
  if (!ready.ok) return over(false, ready.says)
  const [programs = []] = ready.commands
  run.note({ kind: 'undo-begun', step: id, argv: programs.map((words) => [...words]) })
  // Whoever left during the change did not mean what takes it back.
  const desk = { ...run.desk, signal: new AbortController().signal }
  const { told } = await runOne(programs, UNDO_MS, desk)
  const isDone = told.exit === 0
  const why = isDone ? null : (told.says ?? `it ended with ${told.exit}`)
  run.note({ kind: 'undo-ended', step: id, isDone, why, command: told })
  return isDone
}
