import { useEffect, useState } from 'preact/hooks'
import { printable } from '../../src/report/printable.ts'
import { RunTaken } from '../../src/server/runbook-contract.ts'
import { Mark } from '../parts/mark.tsx'
import { Ago, Time } from '../parts/time.tsx'
import { Heading } from '../shell/heading.tsx'
import { capital } from '../words/capital.ts'
import type { MarkShape } from '../words/mark-shape.ts'
import { RUN_SENTENCES } from '../words/runbooks.ts'
import { Asking } from './asking.tsx'
import type { RunDocument } from './documents.ts'
import { NotDone } from '../parts/not-done.tsx'
import { standingInWords, standingShape } from './now-words.ts'
import { useName } from './person.tsx'
import { Since } from './since.tsx'
import { progressOf, takenBackOf } from './standing.ts'
import type { Standing } from './standing.ts'
import { stepAnchor, title } from './step-title.ts'
import { TakeBack } from './take-back.tsx'
import { useFocusKept } from '../parts/use-focus-kept.ts'
import { useSend } from '../server/use-send.ts'

interface NowProps {
  run: RunDocument
  standing: Standing
  onActed(): void
}

/** As the answer of a story is coloured. */
const WEIGHTS: Partial<Record<MarkShape, string>> = {
  killed: 'answer-killed',
  trouble: 'answer-trouble',
  calm: 'answer-calm',
  going: 'answer-going',
  waiting: 'answer-going',
}

/** How the run stands now, and what somebody can do: always at the same place. */
export function Now({ run, standing, onActed }: NowProps) {
  const { runbook, origin } = run
  const shape = standingShape(standing)
  const self = useFocusKept()
  return (
    <section id="now" ref={self} class={`answer now ${WEIGHTS[shape] ?? ''}`} tabIndex={-1}>
      <p class="kicker">
        <span class="kicker-name">{printable(runbook.title)}</span>
        <span>{run.run}</span>
      </p>
      <Heading>
        <Mark shape={shape} />
        {standingInWords(standing)}
      </Heading>
      <p class="answer-sentence">
        <Sentence run={run} standing={standing} />
      </p>
      <Progress run={run} />
      <p class="answer-foot">
        <span>
          Begun <Ago at={Date.parse(run.begunAt)} /> by {printable(run.by)}
        </span>
        {origin.kind === 'alert' ? <span>for the alert {printable(origin.alert)}</span> : null}
        {origin.kind === 'person' || origin.case === null ? null : (
          <a href={`/cases/${encodeURIComponent(origin.case)}`}>
            for the case {printable(origin.case)}
          </a>
        )}
        {run.endedAt === null ? null : (
          <span>
            ended <Time at={Date.parse(run.endedAt)} />
          </span>
        )}
      </p>
      {standing.kind === 'asks' ? (
        <Asking key={standing.question.step.id} run={run} {...standing} onActed={onActed} />
      ) : null}
      <Controls run={run} standing={standing} onActed={onActed} />
    </section>
  )
}

function Sentence({ run, standing }: { run: RunDocument; standing: Standing }) {
  switch (standing.kind) {
    case 'over':
      return (
        <>
          {RUN_SENTENCES[standing.verdict]}
          {run.why === null ? '.' : `: ${printable(run.why)}.`}
        </>
      )
    case 'asks':
      return <>{capital(printable(standing.question.why))}.</>
    case 'goes':
      return standing.step === null ? (
        <>The next step is about to begin.</>
      ) : (
        <>
          <a href={`#${stepAnchor(standing.step.id)}`}>{title(standing.step)}</a>
          {standing.isUndo || standing.step.begunAt === null ? null : (
            <span class="faint">
              {' '}
              for <Since at={Date.parse(standing.step.begunAt)} />
            </span>
          )}
        </>
      )
    case 'stopped':
      return (
        <>
          {standing.why === null ? 'Nobody goes on with it' : capital(printable(standing.why))}. It
          can be gone on with.
        </>
      )
  }
}

function Progress({ run }: { run: RunDocument }) {
  const { done, of } = progressOf(run)
  return (
    <p class="run-progress">
      <progress max={of} value={done} aria-label="Steps that are over" />
      <span>
        {done} of {of} steps
      </span>
    </p>
  )
}

/** What can be done with the run as a whole. */
function Controls({ run, standing, onActed }: NowProps) {
  const sending = useSend()
  const by = useName()
  const [isTakingBack, setTakingBack] = useState(false)
  const [hasStopped, setStopped] = useState(false)
  useEffect(() => setStopped(false), [standing.kind])
  const changes = takenBackOf(run)
  const path = `/api/runs/${encodeURIComponent(run.run)}`

  async function act(what: string): Promise<void> {
    const done = await sending.send(`${path}/${what}`, by === '' ? {} : { by }, RunTaken)
    if (done !== null) onActed()
  }
  const canTakeBack = changes.length > 0 && standing.kind !== 'goes'
  if (canTakeBack && isTakingBack) {
    return (
      <TakeBack
        run={run}
        changes={changes}
        isSending={sending.isSending}
        problem={sending.problem}
        onWanted={() => void act('undo').then(() => setTakingBack(false))}
        onLeft={() => setTakingBack(false)}
      />
    )
  }
  return (
    <>
      <p class="share-buttons">
        {standing.kind === 'goes' && !standing.isUndo ? (
          <button
            type="button"
            class="button"
            disabled={sending.isSending}
            onClick={() => void act('stop').then(() => setStopped(true))}
          >
            {hasStopped ? 'Stop at once' : 'Stop'}
          </button>
        ) : null}
        {standing.kind === 'stopped' ? (
          <button
            type="button"
            class="button primary"
            disabled={sending.isSending}
            onClick={() => void act('resume')}
          >
            Go on
          </button>
        ) : null}
        {canTakeBack ? (
          <button type="button" class="button" onClick={() => setTakingBack(true)}>
            Take the changes back …
          </button>
        ) : null}
        {(['html', 'markdown'] as const).map((format) => (
          <a
            key={format}
            class="button"
            href={`${path}/report?format=${format}`}
            download={`${run.run}.${format === 'html' ? 'html' : 'md'}`}
          >
            Report as {format === 'html' ? 'HTML' : 'Markdown'}
          </a>
        ))}
      </p>
      {hasStopped && standing.kind === 'goes' ? (
        <p class="faint">It stops as soon as the change that it makes is over.</p>
      ) : null}
      <NotDone problem={sending.problem} />
    </>
  )
}
