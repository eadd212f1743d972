/** Takes out of a plan what is nobody's business: what else stands in a variable that stella sets a flag in. */
import { shownValue } from '../../../advice/runtime-flags.ts'
import { redactText } from '../../../evidence/redact.ts'
import type { Change, ChangePlan, FixRecord } from '../../../model/fix.ts'

type Hide = (text: string) => string

/** A plan as it may be shown. The driver's own data stay inside: earlier settings are in there. */
export function shownPlan(plan: ChangePlan, change: Change, hide: Hide) {
  const { steps, changes, ...rest } = plan
  const nullable = (text: string | null): string | null => (text === null ? null : hide(text))
  return {
    ...rest,
    title: hide(plan.title),
    warnings: plan.warnings.map(hide),
    diff: hide(plan.diff),
    problems: plan.problems?.map((problem) => ({ ...problem, says: hide(problem.says) })),
    changes: changes.map(({ field, before, after }) => {
      const show = valueOf(change, field) ?? hide
      const shown = (text: string | null): string | null => (text === null ? null : show(text))
      return { field, before: shown(before), after: shown(after) }
    }),
    steps: steps.map(({ id, says, command }) => ({
      id,
      says: hide(says),
      command: nullable(command),
    })),
    // Arguments may be passwords, and two redactions never agree: the program alone.
    workload: { ...plan.workload, command: plan.workload.command.slice(0, 1) },
  }
}

/** How the value of a variable that is changed may be shown; null where the field is none. */
function valueOf(change: Change, field: string): Hide | null {
  if (change.kind !== 'environment') return null
  // Drivers write it with its place: `Config.Env.NODE_OPTIONS`.
  const name = Object.keys(change.set).find((one) => field.split(/[.\s]/).at(-1) === one)
  return name === undefined ? null : (text) => shownValue(name, text)
}

export type ShownPlan = ReturnType<typeof shownPlan>

/** A record as it may be shown. */
export function shownRecord(record: FixRecord) {
  const { plan, change, problem, ...rest } = record
  const hide = hiding(change, {})
  return {
    ...rest,
    problem: problem === null ? null : hide(problem),
    change: shownChange(change),
    // What a variable held before is known to a living plan alone, so that it cannot be told from the rest of a diff here.
    plan: shownPlan(change.kind === 'environment' ? { ...plan, diff: '' } : plan, change, hide),
  }
}

function shownChange(change: Change): Change {
  if (change.kind !== 'environment') return change
  return {
    ...change,
    set: Object.fromEntries(
      Object.entries(change.set).map(([name, value]) => [name, shownValue(name, value)]),
    ),
  }
}

/**
 * Puts what may be shown in the place of each value, new or old, and takes out what looks like a secret.
 *
 * @param present values that the variables have now, by name
 */
export function hiding(change: Change, present: Readonly<Record<string, string>>): Hide {
  const pairs =
    change.kind === 'environment'
      ? [...Object.entries(change.set), ...Object.entries(present)]
          .filter(([name]) => name in change.set)
          .flatMap(([name, value]) =>
            written(value).map((text): [string, string] => [text, shownValue(name, value)]),
          )
          .toSorted(([a], [b]) => b.length - a.length)
      : []
  return (text) =>
    redactText(pairs.reduce((rest, [value, shown]) => rest.replaceAll(value, shown), text))
}

/** As it is, and as it stands within a JSON text. */
function written(value: string): string[] {
  if (value === '') return []
  const inJson = JSON.stringify(value).slice(1, -1)
  return inJson === value ? [value] : [value, inJson]
}
