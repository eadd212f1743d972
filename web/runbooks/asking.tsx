import { useRef, useState } from 'preact/hooks'
import { printable } from '../../src/report/printable.ts'
import { Command } from '../parts/command.tsx'
import { kindInWords } from '../words/runbooks.ts'
import { RunTaken } from '../../src/server/runbook-contract.ts'
import type { RunDocument } from './documents.ts'
import { runOf, unknownIn } from './filled-in.ts'
import { NotDone } from '../parts/not-done.tsx'
import { useName, YourName } from './person.tsx'
import { shortHash } from './short-hash.ts'
import { approvalsNeeded, approversOf, lowRiskLeft } from './standing.ts'
import type { Question } from './standing.ts'
import { stepAnchor, title } from './step-title.ts'
import { TakenBackBy } from './take-back.tsx'
import { useSend } from '../server/use-send.ts'

interface AskingProps {
  run: RunDocument
  question: Question
  onActed(): void
}

/** What is sent, but for whose answer it is. */
type Wanted =
  | { answer: 'yes' | 'no' | 'again' | 'done' | { value: string } }
  | { lowRisk: true }
  | { outlived: 'wait' | 'kill' }

/** What the run waits for, with everything that somebody needs to decide. */
export function Asking({ run, question, onActed }: AskingProps) {
  const { step } = question
  return (
    <div class="asking" role="group" aria-labelledby="asking-title">
      <h2 id="asking-title">{title(step)}</h2>
      <Terms run={run} question={question} />
      <AskedHere run={run} question={question} onActed={onActed} isOnTop />
      <p class="asking-foot">
        <a href={`#${stepAnchor(step.id)}`}>Where it stands in the run</a>
      </p>
    </div>
  )
}

interface AskedHereProps extends AskingProps {
  /** It stands where everybody looks first. */
  isOnTop?: boolean
}

/** The answers that a question has, and who gives one. */
export function AskedHere({ run, question, onActed, isOnTop = false }: AskedHereProps) {
  const sending = useSend()
  const by = useName()
  const { step } = question
  // Where it is known, one place on the page says it.
  const [showsName] = useState(isOnTop || by === '')

  async function answer(wanted: Wanted): Promise<void> {
    const body = {
      // Of this plan and no other: it may have become another one since.
      ofPlan: run.plan,
      ...('answer' in wanted ? { answers: { [step.id]: wanted.answer } } : wanted),
      by,
    }
    const done = await sending.send(
      `/api/runs/${encodeURIComponent(run.run)}/resume`,
      body,
      RunTaken,
    )
    if (done !== null) onActed()
  }
  return (
    <>
      {showsName ? <YourName /> : null}
      <Answers
        run={run}
        question={question}
        isOff={sending.isSending || by === ''}
        onAnswer={(wanted) => void answer(wanted)}
      />
      <NotDone problem={sending.problem} />
    </>
  )
}

function Terms({ run, question: { kind, step } }: Pick<AskingProps, 'run' | 'question'>) {
  const approvers = approversOf(run, step)
  const unknown = unknownIn(runOf(run, step))
  return (
    <>
      {step.run === '' ? null : (
        <Command run={runOf(run, step)} what={`What ${step.id} would run`} />
      )}
      {unknown.length === 0 ? null : (
        <p>It would be left out: {unknown.join(', ')} is not known.</p>
      )}
      {kind === 'again' ? <p>See for yourself first, before it is done a second time.</p> : null}
      {step.kind === 'change' ? (
        <dl class="facts facts-row">
          <div>
            <dt>Risk</dt>
            <dd>{step.risk}</dd>
          </div>
          <div>
            <dt>Takes it back</dt>
            <dd>
              <TakenBackBy run={run} step={step} />
            </dd>
          </div>
          <div>
            <dt>Approvals</dt>
            <dd>
              {approvers.length} of {approvalsNeeded(step)}
              {approvers.length === 0 ? null : (
                <span class="note">{approvers.map(printable).join(', ')}</span>
              )}
            </dd>
          </div>
          <div>
            <dt>Plan</dt>
            <dd>
              <code title={run.plan}>{shortHash(run.plan)}</code>
            </dd>
          </div>
        </dl>
      ) : (
        <p class="step-terms">{kindInWords(step.kind)}</p>
      )}
    </>
  )
}

interface AnswersProps extends Pick<AskingProps, 'run' | 'question'> {
  isOff: boolean
  onAnswer(wanted: Wanted): void
}

function Answers({ run, question: { kind }, isOff, onAnswer }: AnswersProps) {
  const field = useRef<HTMLInputElement>(null)
  if (kind === 'value') {
    return (
      <form
        class="asking-value"
        onSubmit={(event) => {
          event.preventDefault()
          onAnswer({ answer: { value: field.current?.value.trim() ?? '' } })
        }}
      >
        <label class="field">
          <span>The value</span>
          <input ref={field} required maxLength={500} />
        </label>
        <button type="submit" class="button primary" disabled={isOff}>
          Give it
        </button>
        <button
          type="button"
          class="button"
          disabled={isOff}
          onClick={() => onAnswer({ answer: 'no' })}
        >
          Leave it out
        </button>
      </form>
    )
  }
  return (
    <div class="share-buttons">
      {choicesOf(kind, run).map(({ words, wanted }, at) => (
        <button
          key={words}
          type="button"
          class={at === 0 ? 'button primary' : 'button'}
          disabled={isOff}
          onClick={() => onAnswer(wanted)}
        >
          {words}
        </button>
      ))}
    </div>
  )
}

/** The first is what most want. */
function choicesOf(
  kind: Exclude<Question['kind'], 'value'>,
  run: RunDocument,
): readonly { words: string; wanted: Wanted }[] {
  switch (kind) {
    case 'approve': {
      const low = lowRiskLeft(run).length
      return [
        { words: 'Approve this change', wanted: { answer: 'yes' } },
        { words: 'Leave it out', wanted: { answer: 'no' } },
        ...(low > 1
          ? [
              {
                words: `Approve all ${low} changes of low risk`,
                wanted: { lowRisk: true } as const,
              },
            ]
          : []),
      ]
    }
    case 'do':
      return [
        { words: 'It is done', wanted: { answer: 'yes' } },
        { words: 'It was not done', wanted: { answer: 'no' } },
      ]
    case 'outlived':
      return [
        { words: 'Wait until it is over', wanted: { outlived: 'wait' } },
        { words: 'End what still runs', wanted: { outlived: 'kill' } },
      ]
    case 'again':
      return [
        { words: 'Do it again', wanted: { answer: 'again' } },
        { words: 'It was done', wanted: { answer: 'done' } },
      ]
  }
}
