import { useRef } from 'preact/hooks'
import { printable } from '../../src/report/printable.ts'
import { LabStopAnswer, LabTaken } from '../../src/server/lab-contract.ts'
import { Mark } from '../parts/mark.tsx'
import { NotDone } from '../parts/not-done.tsx'
import { useFocusKept } from '../parts/use-focus-kept.ts'
import { useSend } from '../server/use-send.ts'
import { useNow } from '../shell/clock.ts'
import { Heading } from '../shell/heading.tsx'
import { capital } from '../words/capital.ts'
import { backendInWords, standingOf } from '../words/labs.ts'
import type { MarkShape } from '../words/mark-shape.ts'
import type { LabDocument } from './documents.ts'

interface NowProps {
  lab: LabDocument
  onActed(): void
}

/** As the answer of a story is coloured. */
const WEIGHTS: Partial<Record<MarkShape, string>> = {
  trouble: 'answer-trouble',
  calm: 'answer-calm',
  going: 'answer-going',
}

/** How the lab stands, and what can be done with it as a whole: always at the same place. */
export function Now({ lab, onActed }: NowProps) {
  const { id, open, state, trouble } = lab
  const { shape, words, sentence } = standingOf(lab, useNow(10_000))
  const sending = useSend()
  const self = useFocusKept()
  const holding = open?.checks.filter(({ ok }) => ok).length ?? 0
  const path = `/api/labs/${encodeURIComponent(id)}`

  async function stop(): Promise<void> {
    if ((await sending.send(`${path}/stop`, {}, LabStopAnswer)) !== null) onActed()
  }
  async function start(body: object): Promise<void> {
    if ((await sending.send(`${path}/start`, body, LabTaken)) !== null) onActed()
  }
  return (
    <section id="now" ref={self} class={`answer now ${WEIGHTS[shape] ?? ''}`} tabIndex={-1}>
      <p class="kicker">
        <span class="kicker-name">{printable(lab.title)}</span>
      </p>
      <Heading>
        <Mark shape={shape} />
        {words}
      </Heading>
      <p class="answer-sentence">{printable(sentence)}</p>
      {open === null ? null : (
        <p class="run-progress">
          <progress max={open.checks.length} value={holding} aria-label="Checks that hold" />
          <span>
            {holding} of {open.checks.length} checks
          </span>
        </p>
      )}
      {state === 'closed' && lab.doing === null ? (
        <Begin lab={lab} isSending={sending.isSending} onWanted={(body) => void start(body)} />
      ) : (
        <p class="share-buttons">
          <button
            type="button"
            class="button"
            disabled={sending.isSending}
            onClick={() => void stop()}
          >
            {sending.isSending ? 'It is being removed …' : 'End it, and remove everything'}
          </button>
        </p>
      )}
      {sending.problem === null && trouble !== null ? (
        <p class="problem" role="alert">
          {capital(printable(trouble.error))}: {printable(trouble.todo)}.
        </p>
      ) : null}
      <NotDone problem={sending.problem} />
    </section>
  )
}

interface BeginProps {
  lab: LabDocument
  isSending: boolean
  onWanted(body: object): void
}

function Begin({ lab: { backends }, isSending, onWanted }: BeginProps) {
  const field = useRef<HTMLSelectElement>(null)
  function begin(event: Event): void {
    event.preventDefault()
    const backend = field.current?.value ?? ''
    onWanted(backend === '' ? {} : { backend })
  }
  return (
    <form class="lab-begin" onSubmit={begin}>
      <p class="faint">
        {backends.includes('files')
          ? 'Files are made on the machine of this server, for you to mend there.'
          : 'Programs are started on the machine of this server, in throw-away places that bear the name stella-lab. For that it asks for the right to approve changes: without a token, its own user and root have it.'}
      </p>
      {backends.length < 2 ? null : (
        <label class="field">
          <span>Where the fault is made</span>
          <select ref={field}>
            <option value="">wherever it can be made</option>
            {backends.map((backend) => (
              <option key={backend} value={backend}>
                {backendInWords(backend)}
              </option>
            ))}
          </select>
        </label>
      )}
      <button type="submit" class="button primary" disabled={isSending}>
        Begin
      </button>
    </form>
  )
}
