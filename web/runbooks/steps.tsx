import { printable } from '../../src/report/printable.ts'
import { Command } from '../parts/command.tsx'
import { Mark } from '../parts/mark.tsx'
import { kindInWords, phaseName, stepInWords, stepShape } from '../words/runbooks.ts'
import { span } from '../words/time.ts'
import { AskedHere } from './asking.tsx'
import type { RunDocument, StepDocument } from './documents.ts'
import { runOf } from './filled-in.ts'
import { Since } from './since.tsx'
import { askedInPlace, byPhase } from './standing.ts'
import { Output, StepOutput, typed } from './step-output.tsx'
import { branchOf, stepAnchor, title } from './step-title.ts'

/** Every step of a run, phase by phase, as a checklist. */
export function Steps({ run, onActed }: StepsProps) {
  return byPhase(run.steps).map(({ phase, steps: own }) => (
    <section key={phase} class="chapter" aria-labelledby={`phase-${phase}`}>
      <h2 id={`phase-${phase}`}>{phaseName(phase)}</h2>
      <ol class="steps">
        {own.map((step) => (
          <StepItem key={step.id} run={run} step={step} onActed={onActed} />
        ))}
      </ol>
    </section>
  ))
}

interface StepsProps {
  run: RunDocument
  onActed(): void
}

function StepItem({ run, step, onActed }: StepsProps & { step: StepDocument }) {
  const { id, kind, state, why, undoing, begunAt } = step
  const isLeftOut = state === 'skipped'
  const branch = branchOf(step)
  const question = askedInPlace(run, step)
  return (
    <li class={`step step-${state}`} id={stepAnchor(id)} tabIndex={-1}>
      <Mark shape={stepShape(step)} />
      <div class="step-body">
        <div class="step-head">
          <h3 class="step-title">{title(step)}</h3>
          <p class="step-state">
            {stepInWords(step)}
            <Duration step={step} />
          </p>
        </div>
        <p class="step-terms">
          {branch === '' ? '' : `${branch}; `}
          {kindInWords(kind)}
          {kind === 'change' ? `, ${step.risk} risk` : ''}
          {begunAt !== null || step.when === null ? '' : `, only when ${printable(step.when)}`}
        </p>
        {why === null ? null : (
          <p class="step-why">
            <span class="faint">Why:</span> {printable(why)}
          </p>
        )}
        {run.waits?.step === id ? (
          <p>
            <a href="#now">Decide on it above</a>
          </p>
        ) : null}
        {isLeftOut ? null : <Commands run={run} step={step} />}
        <StepOutput step={step} />
        {question === null ? null : <AskedHere run={run} question={question} onActed={onActed} />}
        {undoing === null ? null : <Undoing undoing={undoing} />}
      </div>
    </li>
  )
}

/** Those that were run; before that, those that would be. */
function Commands({ run, step }: { run: RunDocument; step: StepDocument }) {
  const ran = step.commands.map(typed).join('\n')
  const shown = ran === '' ? runOf(run, step) : ran
  return shown === '' ? null : <Command run={shown} what={`The command of ${step.id}`} />
}

function Duration({ step: { begunAt, endedAt, state, attempts } }: { step: StepDocument }) {
  if (begunAt === null || state === 'skipped') return null
  const begun = Date.parse(begunAt)
  return (
    <span class="faint">
      {', '}
      {endedAt === null ? (
        <Since at={begun} />
      ) : (
        span(Math.max(0, Date.parse(endedAt) - begun) / 1_000)
      )}
      {attempts > 1 ? `, ${attempts} attempts` : ''}
    </span>
  )
}

function Undoing({ undoing }: { undoing: NonNullable<StepDocument['undoing']> }) {
  const { isDone, why, command } = undoing
  return (
    <div class="step-undo">
      <p>
        {isDone ? 'Taken back' : 'Not taken back'}
        {why === null ? '.' : `: ${printable(why)}.`}
      </p>
      {command === null ? null : (
        <>
          <Command run={typed(command)} what="What took it back" />
          <Output command={command} of={null} />
        </>
      )}
    </div>
  )
}
