import { useEffect, useId, useRef } from 'preact/hooks'
import { printable } from '../../src/report/printable.ts'
import { LabCheckAnswer } from '../../src/server/lab-contract.ts'
import { NotDone } from '../parts/not-done.tsx'
import { useSend } from '../server/use-send.ts'
import type { OpenLabDocument } from './documents.ts'

interface QuestionsProps {
  lab: string
  questions: OpenLabDocument['questions']
  onActed(): void
}

/** What the lab asks. Answers are kept, and judged with the rest. */
export function Questions({ lab, questions, onActed }: QuestionsProps) {
  if (questions.length === 0) return null
  return (
    <section class="chapter" aria-labelledby="questions-title">
      <h2 id="questions-title">What it asks</h2>
      <div class="lab-questions">
        {questions.map((question) => (
          <Question key={question.id} lab={lab} question={question} onActed={onActed} />
        ))}
      </div>
    </section>
  )
}

interface QuestionProps {
  lab: string
  question: OpenLabDocument['questions'][number]
  onActed(): void
}

function Question({ lab, question, onActed }: QuestionProps) {
  const { id, asks, choices, answer } = question
  const field = useId()
  const form = useRef<HTMLFormElement>(null)
  const sending = useSend()
  // It may be answered elsewhere, or by the solution; not while somebody is at it.
  useEffect(() => {
    const own = form.current?.elements.namedItem('answer')
    if (own instanceof HTMLInputElement || own instanceof HTMLSelectElement) {
      if (document.activeElement !== own) own.value = answer ?? ''
    }
  }, [answer])

  async function give(event: Event): Promise<void> {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    const given = new FormData(event.currentTarget).get('answer')
    if (typeof given !== 'string' || given.trim() === '') return
    const body = { answers: { [id]: given.trim() }, seconds: 0 }
    const path = `/api/labs/${encodeURIComponent(lab)}/check`
    if ((await sending.send(path, body, LabCheckAnswer)) !== null) onActed()
  }
  return (
    <form ref={form} class="lab-question" onSubmit={(event) => void give(event)}>
      <label for={field}>{printable(asks)}</label>
      {choices.length === 0 ? (
        <input
          id={field}
          name="answer"
          required
          maxLength={500}
          autocomplete="off"
          spellcheck={false}
        />
      ) : (
        <select id={field} name="answer" required>
          <option value="" />
          {choices.map((choice) => (
            <option key={choice} value={choice}>
              {printable(choice)}
            </option>
          ))}
        </select>
      )}
      <button type="submit" class="button" disabled={sending.isSending}>
        Answer<span class="hidden">: {printable(asks)}</span>
      </button>
      <NotDone problem={sending.problem} />
    </form>
  )
}
