import { useEffect, useRef, useState } from 'preact/hooks'
import { LabSolutionAnswer, LabTaken } from '../../src/server/lab-contract.ts'
import { NotDone } from '../parts/not-done.tsx'
import { Unanswered } from '../parts/unanswered.tsx'
import { useAsk } from '../server/use-ask.ts'
import { useSend } from '../server/use-send.ts'
import type { LabDocument } from './documents.ts'
import { Markdown } from './markdown.tsx'

interface SolutionProps {
  lab: LabDocument
  onActed(): void
}

/** What spoils it is asked for twice. */
export function Solution({ lab, onActed }: SolutionProps) {
  const [isShown, setShown] = useState(false)
  const [isAsked, setAsked] = useState(false)
  const sending = useSend()
  const isSolved = lab.open !== null && lab.open.solvedAt !== null
  const isSolving = lab.doing?.what === 'solve'

  function show(): void {
    setShown(true)
    setAsked(false)
  }
  async function carryOut(): Promise<void> {
    const path = `/api/labs/${encodeURIComponent(lab.id)}/solve`
    if ((await sending.send(path, {}, LabTaken)) === null) return
    show()
    onActed()
  }
  return (
    <section class="chapter" aria-labelledby="solution-title">
      <h2 id="solution-title">Solution</h2>
      {isShown ? <Shown lab={lab.id} /> : null}
      {isAsked ? (
        <Sure
          isShown={isShown}
          isOff={sending.isSending || isSolving}
          onCarriedOut={() => void carryOut()}
          onShown={show}
          onLeft={() => setAsked(false)}
        />
      ) : isSolved && isShown ? null : (
        <p class="share-buttons">
          <button
            type="button"
            class="button"
            disabled={isSolving}
            onClick={() => (isSolved ? show() : setAsked(true))}
          >
            {isSolved ? 'Show how it is solved' : isShown ? 'Carry it out …' : 'Solve it …'}
          </button>
        </p>
      )}
      <NotDone problem={sending.problem} />
    </section>
  )
}

interface SureProps {
  /** It is there to be read already. */
  isShown: boolean
  isOff: boolean
  onCarriedOut(): void
  onShown(): void
  onLeft(): void
}

function Sure({ isShown, isOff, onCarriedOut, onShown, onLeft }: SureProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <div class="asking" role="group" aria-labelledby="sure-title">
      <h3 id="sure-title" ref={heading} tabIndex={-1}>
        {isShown ? 'Carry it out?' : 'See how it is solved?'}
      </h3>
      <p>
        {isShown
          ? 'Its commands are run on the machine of this server, and its answers given.'
          : 'It says what there is to find out. To read it changes nothing on the machine.'}
      </p>
      <div class="share-buttons">
        {isShown ? null : (
          <button type="button" class="button" onClick={onShown}>
            Show it
          </button>
        )}
        <button type="button" class="button danger" disabled={isOff} onClick={onCarriedOut}>
          Carry it out
        </button>
        <button type="button" class="button" onClick={onLeft}>
          Go on without it
        </button>
      </div>
    </div>
  )
}

function Shown({ lab }: { lab: string }) {
  const path = `/api/labs/${encodeURIComponent(lab)}/solution`
  const { answer } = useAsk(path, LabSolutionAnswer)
  if (answer?.kind !== 'ready') return <Unanswered answer={answer} what="the solution" />
  return <Markdown text={answer.value.solution} />
}
