import { printable } from '../../src/report/printable.ts'
import { kindInWords, phaseName } from '../words/runbooks.ts'
import { counted } from '../words/time.ts'
import type { PlanDocument, PlannedDocument } from './documents.ts'
import { byPhase } from './standing.ts'
import { branchOf, title } from './step-title.ts'

/** "12 steps: 7 look, 3 change something; the changes are asked for one by one." */
export function planInWords({ plan, missing }: PlanDocument): string {
  const changes = plan.filter(({ changes: does }) => does).length
  const rest = plan.length - changes
  const what =
    changes === 0
      ? `${counted(plan.length, 'step')}, and none changes anything.`
      : `${counted(plan.length, 'step')}: ${rest} that change nothing, and ${counted(changes, 'change')}.`
  const needed = missing.filter(({ name }) => plan.some(({ run }) => run.includes(`\${${name}}`)))
  if (needed.length === 0) return what
  const names = needed.map(({ asks }) => printable(asks)).join(', ')
  return `${what} Steps are left out where this is not given: ${names}.`
}

/** Every step in its order: what looks, and what changes something. */
export function PlanSteps({ plan: { plan } }: { plan: PlanDocument }) {
  return byPhase(plan).map(({ phase, steps }) => (
    <div key={phase} class="plan-phase">
      <h3>{phaseName(phase)}</h3>
      <ol class="plan">
        {steps.map((step) => (
          <PlannedStep key={step.id} step={step} />
        ))}
      </ol>
    </div>
  ))
}

function PlannedStep({ step }: { step: PlannedDocument }) {
  const { kind, run, when, expect, undo, risk, refused, approvals } = step
  const terms = [
    branchOf(step),
    when === null ? '' : `only when ${printable(when)}`,
    expect === null ? '' : `until ${printable(expect)}`,
    risk === null ? '' : `${risk} risk`,
    approvals > 1 ? `${approvals} have to approve it` : '',
    undo === null ? '' : `taken back by ${printable(undo)}`,
  ].filter((term) => term !== '')
  return (
    <li>
      <span class={`tag tag-${kind}`}>{kindInWords(kind)}</span>
      <p>{title(step)}</p>
      {run === '' ? null : (
        <pre class="plan-run">
          <code>{run.split('\n').map(printable).join('\n')}</code>
        </pre>
      )}
      {terms.length === 0 ? null : <p class="step-terms">{terms.join('; ')}</p>}
      {refused === null ? null : <p class="problem">It will not be run: {printable(refused)}.</p>}
    </li>
  )
}
