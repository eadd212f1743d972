/** Takes the changes of a run back, the last one first. */
import type { Value } from '../condition/condition.ts'
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
  const answer = run.state().ended.get(id)
  const none = answer?.none.find((name) => undo.includes(`\${${name}}`))
  if (none !== undefined)
    return over(true, `it made nothing different: its answer has no '${none}'`)
  const values = valuesOf(run, step, answer?.captures ?? {})
  const ready = prepared([undo], values, 'undo')
  if (!ready.ok) return over(false, ready.says)
  const [programs = []] = ready.commands
  run.note({ kind: 'undo-begun', step: id, argv: programs.map((words) => [...words]) })
  // Whoever left during the change did not mean what takes it back.
  const desk = { ...run.desk, signal: new AbortController().signal }
  const { told } = await runOne(programs, UNDO_MS, desk, (started) =>
    run.note({ kind: 'started', step: id, programs: [...started] }),
  )
  const isDone = told.exit === 0
  const why = isDone ? null : (told.says ?? `it ended with ${told.exit}`)
  run.note({ kind: 'undo-ended', step: id, isDone, why, command: told })
  return isDone
}

/** As it was before, but for what the change itself was to say: of another change it would be another one's. */
function valuesOf(
  run: Run,
  { capture }: PlannedStep['step'],
  own: Readonly<Record<string, Value>>,
): ReadonlyMap<string, Value> {
  const { captures, before } = run.state()
  const values = new Map([...run.params, ...captures, ...before])
  for (const { name } of capture) values.delete(name)
  return new Map([...values, ...Object.entries(own)])
}
