/** The runs of a case for a terminal: what each has found, and how to go on. */
import { printable } from '../../report/printable.ts'
import type { CaseRun, FoundStep } from '../../runbooks/report/case-run.ts'
import type { Paint } from './paint.ts'

export function caseRunLines(run: CaseRun, paint: Paint): readonly string[] {
  const { runbook, title, found, next, report } = run
  return [
    `${paint.bold(printable(runbook))}  ${printable(title)}`,
    `  ${printable(standsAt(run))}`,
    ...found.flatMap((step) => foundLines(step, paint)),
    ...(next === null ? [] : [`  go on:   ${next}`]),
    `  report:  ${report}`,
  ]
}

function standsAt({ state, verdict, why, waits }: CaseRun): string {
  switch (state) {
    case 'running':
      return 'it looks at this moment'
    case 'stopped':
      return 'it was stopped half-way'
    case 'waits':
      return `it waits at '${waits?.step ?? ''}': ${waits?.why ?? ''}`
    case 'ended':
      return `${verdict ?? 'ended'}: ${why ?? ''}`
  }
}

function foundLines({ step, state, why, captures }: FoundStep, paint: Paint): readonly string[] {
  const values = Object.entries(captures).map(([name, value]) => `${name} ${String(value)}`)
  return [
    `  ${paint.bad(state)}  ${step}${why === null ? '' : `: ${printable(why)}`}`,
    ...(values.length === 0 ? [] : [`    ${printable(values.join(', '))}`]),
  ]
}
