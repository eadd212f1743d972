import { useEffect, useRef } from 'preact/hooks'
import { printable } from '../../src/report/printable.ts'
import type { RunDocument, StepDocument } from './documents.ts'
import { undoOf } from './filled-in.ts'
import { NotDone } from '../parts/not-done.tsx'
import { isOnlyCounted } from './standing.ts'
import { title } from './step-title.ts'
import type { Sending } from '../server/use-send.ts'

interface TakeBackProps extends Pick<Sending, 'isSending' | 'problem'> {
  run: RunDocument
  /** In the order in which they are taken back. */
  changes: readonly StepDocument[]
  onWanted(): void
  onLeft(): void
}

/** What would be taken back, in which order, before anybody does it. */
export function TakeBack({ run, changes, isSending, problem, onWanted, onLeft }: TakeBackProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <div class="asking" role="group" aria-labelledby="take-back-title">
      <h2 id="take-back-title" ref={heading} tabIndex={-1}>
        Take the changes back?
      </h2>
      <p>In this order, the last one first:</p>
      <ol class="take-back">
        {changes.map((step) => (
          <li key={step.id}>
            {title(step)}
            <TakenBackBy run={run} step={step} />
          </li>
        ))}
      </ol>
      <div class="share-buttons">
        <button type="button" class="button danger" disabled={isSending} onClick={onWanted}>
          Take them back
        </button>
        <button type="button" class="button" disabled={isSending} onClick={onLeft}>
          Leave them
        </button>
      </div>
      <NotDone problem={problem} />
    </div>
  )
}

export function TakenBackBy({ run, step }: { run: RunDocument; step: StepDocument }) {
  const undo = undoOf(run, step)
  if (undo !== null) return <code class="taken-back-by">{printable(undo)}</code>
  return (
    <span class="note">
      {isOnlyCounted(step) ? 'there is nothing to take back' : 'nobody knows how: it stays'}
    </span>
  )
}
