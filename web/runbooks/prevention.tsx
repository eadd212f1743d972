import { useEffect, useRef, useState } from 'preact/hooks'
import { printable } from '../../src/report/printable.ts'
import { PreventionAnswer } from '../../src/server/runbook-contract.ts'
import { Mark } from '../parts/mark.tsx'
import { Time } from '../parts/time.tsx'
import { Unanswered } from '../parts/unanswered.tsx'
import { useAsk } from '../server/use-ask.ts'
import { announce } from '../shell/announce.ts'
import type { MarkShape } from '../words/mark-shape.ts'
import { PREVENTION_WORDS } from '../words/runbooks.ts'
import type { PreventionItem, RunbookDocument } from './documents.ts'
import { NotDone } from '../parts/not-done.tsx'
import { useName, YourName } from './person.tsx'
import { useSend } from '../server/use-send.ts'

/** What keeps it from happening again: what of it was done, by whom, and what shows it. */
export function Prevention({ runbook: { id, prevention } }: { runbook: RunbookDocument }) {
  const [acts, setActs] = useState(0)
  const path = `/api/runbooks/${encodeURIComponent(id)}/prevention`
  const { answer } = useAsk(path, PreventionAnswer, acts)
  if (prevention.length === 0) return null
  const items = answer?.kind === 'ready' ? answer.value.items : []
  const done = items.filter(({ state }) => state === 'done').length
  return (
    <section class="chapter" aria-labelledby="prevention-title">
      <h2 id="prevention-title">So that it does not come again</h2>
      {answer?.kind === 'ready' ? (
        <>
          <p class="chapter-lead">
            {done} of {items.length} are done.
          </p>
          <ul class="steps">
            {items.map((item) => (
              <Item
                key={item.item}
                item={item}
                path={path}
                onActed={() => setActs((before) => before + 1)}
              />
            ))}
          </ul>
        </>
      ) : (
        <Unanswered answer={answer} what="what was done" />
      )}
    </section>
  )
}

const SHAPES: Record<PreventionItem['state'], MarkShape> = {
  open: 'open',
  done: 'calm',
  'look-again': 'trouble',
}

interface ItemProps {
  item: PreventionItem
  path: string
  onActed(): void
}

function Item({ item, path, onActed }: ItemProps) {
  const { text, state, mark } = item
  const [isTelling, setTelling] = useState(false)
  const sending = useSend()
  const by = useName()

  async function tell(done: boolean, evidence: string): Promise<void> {
    const body = { done, ...(by === '' ? {} : { by }), ...(evidence === '' ? {} : { evidence }) }
    const told = await sending.send(
      `${path}/${encodeURIComponent(item.item)}`,
      body,
      PreventionAnswer,
    )
    if (told === null) return
    announce(`${printable(text)}: ${PREVENTION_WORDS[done ? 'done' : 'open']}`)
    setTelling(false)
    onActed()
  }
  return (
    <li class="step">
      <Mark shape={SHAPES[state]} />
      <div class="step-body">
        <div class="step-head">
          <p>{printable(text)}</p>
          <p class="step-state">{PREVENTION_WORDS[state]}</p>
        </div>
        {mark === null ? null : (
          <p class="step-terms">
            <Time at={Date.parse(mark.at)} /> by {printable(mark.by)}
            {mark.evidence === null ? '' : `: ${printable(mark.evidence)}`}
          </p>
        )}
        {isTelling ? (
          <Telling
            isOff={sending.isSending || by === ''}
            onTold={(evidence) => void tell(true, evidence)}
            onLeft={() => setTelling(false)}
          />
        ) : (
          <p class="share-buttons">
            {state === 'done' ? null : (
              <button type="button" class="button" onClick={() => setTelling(true)}>
                It is done<span class="hidden">: {printable(text)}</span>
              </button>
            )}
            {state === 'open' ? null : (
              <button
                type="button"
                class="button"
                disabled={sending.isSending}
                onClick={() => void tell(false, '')}
              >
                Open again<span class="hidden">: {printable(text)}</span>
              </button>
            )}
          </p>
        )}
        <NotDone problem={sending.problem} />
      </div>
    </li>
  )
}

interface TellingProps {
  isOff: boolean
  onTold(evidence: string): void
  onLeft(): void
}

function Telling({ isOff, onTold, onLeft }: TellingProps) {
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  return (
    <form
      class="begin"
      onSubmit={(event) => {
        event.preventDefault()
        onTold(field.current?.value.trim() ?? '')
      }}
    >
      <label class="field">
        <span>What shows it: a link, a change, a sentence (may be left empty)</span>
        <input ref={field} maxLength={2_000} />
      </label>
      <YourName />
      <p class="share-buttons">
        <button type="submit" class="button primary" disabled={isOff}>
          Done
        </button>
        <button type="button" class="button" onClick={onLeft}>
          Not now
        </button>
      </p>
    </form>
  )
}
