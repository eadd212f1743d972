/** Steps that need a person who is not there: what may go on without them, and what may not. Pure. */
import type { Phase, Step } from '../../model/runbook.ts'
import { paramsIn, readWords } from '../commands/words.ts'
import { namesIn, readCondition, wordsComparedIn } from '../condition/condition.ts'
import { hasChanged } from './decide.ts'
import { judged, valuesFor } from './judge.ts'
import type { RunState } from './state.ts'

/** Here a run looks, and what a person finds out can come later. */
const DIAGNOSIS: ReadonlySet<Phase> = new Set([
  'symptoms',
  'impact',
  'quick-checks',
  'deep-diagnosis',
] as const)

/** The run may go on, and comes back to it at its end. */
export function canBeLeft({ kind, phase }: Step): boolean {
  return kind === 'assert' || (kind !== 'change' && DIAGNOSIS.has(phase))
}

/** What the value of an `ask` is called. */
export function nameOf({ id, capture }: Step): string {
  return capture[0]?.name ?? id
}

/** The step that was left and without which this one cannot be judged; null: there is none. */
export function leftFor(
  step: Step,
  steps: readonly Step[],
  state: RunState,
  params: ReadonlyMap<string, string>,
): string | null {
  const left = steps.filter(({ id }) => state.left.has(id) && id !== step.id)
  if (left.length === 0) return null
  const values = valuesFor(state, params)
  const holdsNow = step.when === null ? true : judged(step.when, { values, output: '' })
  if (holdsNow === false) return null
  const names = [
    ...(holdsNow === null ? namesOf(step.when) : []),
    ...[...step.run, step.undo ?? ''].flatMap(paramsOf),
    ...[step.problemIf, step.expect].flatMap(namesOf),
  ].filter((name) => !values.has(name))
  const needed = left.find((each) => names.some((name) => comesFrom(each, name)))
  if (needed !== undefined) return needed.id
  // Whoever does a step by hand may change something: whether that has helped is known afterwards.
  const mayChange = left.find(({ kind }) => kind === 'manual')
  const isTooEarly = step.kind === 'assert' && !hasChanged(state, steps)
  return isTooEarly ? (mayChange?.id ?? null) : null
}

function comesFrom(step: Step, name: string): boolean {
  const own = [nameOf(step), ...step.capture.map((capture) => capture.name)]
  return own.includes(name) || name.startsWith(`${step.id}.`)
}

function namesOf(condition: string | null): readonly string[] {
  if (condition === null) return []
  const read = readCondition(condition)
  if (!read.ok) return []
  // What is held against a name may be a word, or what somebody will say.
  const words = wordsComparedIn(read.condition).map(({ word }) => word)
  return [...namesIn(read.condition), ...words]
}

function paramsOf(line: string): readonly string[] {
  const read = readWords(line)
  return read.ok ? paramsIn(read.pipeline) : []
}
