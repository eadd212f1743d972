/** What a run would do, for people. */
import type { Param, Runbook } from '../../../model/runbook.ts'
import { printable } from '../../../report/printable.ts'
import type { Plan, PlannedStep } from '../../../runbooks/plan.ts'
import type { Paint } from '../../render/paint.ts'
import { heading } from './show.ts'

export function planLines(
  runbook: Runbook,
  { steps, hash }: Plan,
  missing: readonly Param[],
  paint: Paint,
): readonly string[] {
  const changes = steps.filter(({ changes: does }) => does).length
  return [
    `${paint.bold(printable(runbook.title))}: ${steps.length} steps, ${changes} of them change something. Nothing was run.`,
    ...brokenLines(runbook, paint),
    ...runbook.repairs.map((says) => `  mended: ${printable(says)}`),
    ...missing.map(({ name, asks }) => `  missing: --param ${name}=…  (${printable(asks)})`),
    ...steps.flatMap((planned, at) => [
      ...(planned.step.phase === steps[at - 1]?.step.phase
        ? []
        : ['', paint.bold(heading(planned.step))]),
      ...stepLines(planned, paint),
    ]),
    '',
    `Plan ${hash}`,
  ]
}

function brokenLines({ broken }: Runbook, paint: Paint): readonly string[] {
  if (broken === null) return []
  return [
    `  ${paint.bad('not run')} before this is mended: line ${broken.line}: ${printable(broken.says)}`,
  ]
}

function stepLines({ step, run, refused, undo }: PlannedStep, paint: Paint): readonly string[] {
  const kind = step.kind === 'change' ? paint.bad(step.kind) : step.kind.padEnd(6)
  const conditions = [
    step.branch === null ? null : step.branch,
    step.when === null ? null : `only when ${step.when}`,
    step.expect === null ? null : `until ${step.expect}`,
    refused === null ? null : `refused: ${refused}`,
    undo === null ? null : `undo: ${undo}`,
  ].flatMap((says) => (says === null ? [] : [`          ${paint.dim(printable(says))}`]))
  return [
    `  ${kind}  ${step.id}: ${printable(step.title.replaceAll('\n', ' '))}`,
    ...(run === '' ? [] : run.split('\n').map((line) => `          $ ${printable(line)}`)),
    ...conditions,
  ]
}
