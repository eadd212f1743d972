import { ENDED_STATES } from '../../src/model/scan-job.ts'
import type { Gate, Job as JobModel } from '../../src/model/scan-job.ts'
import { printable } from '../../src/report/printable.ts'
import {
  GatesAnswer,
  JobAnswer,
  LayersAnswer,
  MemoryAnswer,
  StatusAnswer,
} from '../../src/server/scanner-contract.ts'
import { Answered } from '../parts/answered.tsx'
import { Command } from '../parts/command.tsx'
import { Fact } from '../parts/fact.tsx'
import { Mark } from '../parts/mark.tsx'
import { Says } from '../parts/says.tsx'
import { Size } from '../parts/size.tsx'
import { Time } from '../parts/time.tsx'
import { useAsk } from '../server/use-ask.ts'
import { useBeat } from '../server/use-beat.ts'
import { Heading } from '../shell/heading.tsx'
import { useTitle } from '../shell/title.ts'
import { capital } from '../words/capital.ts'
import type { MarkShape } from '../words/mark-shape.ts'
import { documentName, JOB_SHAPES, JOB_WORDS, MODE_WORDS } from '../words/scanner.ts'
import { counted, span } from '../words/time.ts'
import { Attempts } from './attempts.tsx'
import { Layers } from './layers.tsx'
import { LIVE_MS } from './rhythm.ts'
import '../style/scanner.css'

/** One image that is to be scanned, and what became of it. */
export function Job({ id }: { id: string }) {
  const beat = useBeat(LIVE_MS)
  const { answer } = useAsk(`/api/scanner/jobs/${encodeURIComponent(id)}`, JobAnswer.content, beat)
  return (
    <>
      <p class="back">
        <a href="/scanner">The scanner</a>
      </p>
      <Answered answer={answer} heading={`Job ${id}`} what={`the job ${id}`}>
        {(job) => <Told job={job} />}
      </Answered>
    </>
  )
}

const SHORT_DIGEST = 'sha256:'.length + 12

/** As the answer of a story is coloured. */
const WEIGHTS: Partial<Record<MarkShape, string>> = {
  killed: 'answer-killed',
  trouble: 'answer-trouble',
  calm: 'answer-calm',
}

function Told({ job }: { job: JobModel }) {
  const { id, image, state, attempts } = job
  // What is inside changes when an attempt ends.
  const change = `${state} ${attempts.filter(({ endedAt }) => endedAt !== null).length}`
  const memory = useAsk(`/api/scanner/jobs/${id}/memory`, MemoryAnswer.content, change).answer
  const layers = useAsk(`/api/scanner/jobs/${id}/layers`, LayersAnswer.content, change).answer
  const gates = useAsk('/api/scanner/gates', GatesAnswer.content, change).answer
  const gate =
    gates?.kind === 'ready'
      ? (gates.value.gates.find((each) => each.image === image) ?? null)
      : null
  useTitle(`${JOB_WORDS[state]}: ${printable(image)}`)
  const shape = JOB_SHAPES[state]
  return (
    <article>
      <div class={`answer ${WEIGHTS[shape] ?? ''}`}>
        <p class="kicker">
          <span class="kicker-name">{printable(image)}</span>
          <span>
            {job.platform === null ? 'for the platform of the host' : printable(job.platform)}
          </span>
        </p>
        <Heading>
          <Mark shape={shape} />
          {JOB_WORDS[state]}
        </Heading>
        <p class="answer-sentence">
          <Sentence job={job} />
        </p>
        {state === 'queued' ? <WaitsFor pool={job.pool} /> : null}
        <GateLine gate={gate} job={id} />
        {job.result === null ? null : (
          <p class="share-buttons">
            <a
              class="button primary"
              href={`/api/scanner/jobs/${id}/document`}
              download={documentName(image)}
            >
              Download the SBOM
            </a>
          </p>
        )}
      </div>
      <div class="story-body">
        <div class="story-main">
          <Attempts
            job={id}
            attempts={attempts}
            memory={memory?.kind === 'ready' ? memory.value.attempts : []}
          />
          {layers?.kind === 'ready' && layers.value.layers.length > 0 ? (
            <Layers layers={layers.value.layers} />
          ) : null}
          <WhatToDo job={job} />
        </div>
        <aside class="story-side" aria-label="The facts">
          <Facts job={job} />
        </aside>
      </div>
    </article>
  )
}

function Sentence({ job: { note, result, state, attempts } }: { job: JobModel }) {
  if (result !== null) {
    const { packages, problems } = result
    const found = `${counted(packages, 'package')} found`
    return (
      <>
        {problems === 0
          ? `${found}, and nothing that could not be read.`
          : `${found}, and ${counted(problems, 'thing')} that could not be read.`}
      </>
    )
  }
  if (note !== null) return <Says text={`${capital(note)}.`} />
  switch (state) {
    case 'queued':
      return <>It waits for its turn.</>
    case 'running':
      return <>A worker does it now: attempt {attempts.at(-1)?.number ?? 1}.</>
    case 'cancelled':
      return <>Somebody cancelled it.</>
    default:
      return <Says text={attempts.at(-1)?.says ?? 'Nothing more is known of it.'} />
  }
}

/** Why its whole line waits for more than its turn. */
function WaitsFor({ pool }: { pool: string }) {
  const { answer } = useAsk('/api/scanner/status', StatusAnswer.content, useBeat(LIVE_MS))
  const queues = answer?.kind === 'ready' ? answer.value.queues : []
  const reason = queues.find((each) => each.pool === pool)?.waitsFor ?? null
  return reason === null ? null : (
    <p class="gate">
      <Says text={`It waits: ${reason}.`} />
    </p>
  )
}

/** Whether the image may be released. */
function GateLine({ gate, job }: { gate: Gate | null; job: string }) {
  if (gate === null) return null
  return (
    <p class="gate">
      <span class="tag tag-bad">blocked: {printable(gate.reason)}</span> This image may not be
      released until all of it is scanned
      {gate.job === job ? (
        '.'
      ) : (
        <>
          ; see <a href={`/scanner/jobs/${encodeURIComponent(gate.job)}`}>another job</a> of it.
        </>
      )}
    </p>
  )
}

function WhatToDo({ job: { id, state } }: { job: JobModel }) {
  const hasEnded = ENDED_STATES.includes(state)
  return (
    <section class="chapter" aria-labelledby="do-title">
      <h2 id="do-title">What can be done</h2>
      <p class="platform">{hasEnded ? 'Try it again, by the settings of now:' : 'End it:'}</p>
      <Command
        run={`stella scanner jobs ${hasEnded ? 'retry' : 'cancel'} ${id}`}
        what={hasEnded ? 'How to try it again' : 'How to cancel it'}
      />
      <p class="platform">See what the scanner had to say of it:</p>
      <Command run={`stella scanner logs --job ${id} --level debug`} what="How to see its log" />
    </section>
  )
}

function Facts({ job }: { job: JobModel }) {
  const { startedAt, endedAt, timeoutMs, result } = job
  return (
    <dl class="facts">
      <Fact name="Size, as it is stored">
        <Size bytes={job.sizeBytes} />
      </Fact>
      <Fact name="Pool">{printable(job.pool)}</Fact>
      <Fact name="Mode">
        {job.mode} <span class="faint">({MODE_WORDS[job.mode]})</span>
      </Fact>
      {job.priority === 0 ? null : <Fact name="Priority">{job.priority}</Fact>}
      {timeoutMs === null ? null : <Fact name="May take">{span(timeoutMs / 1_000)}</Fact>}
      <Fact name="Asked for">
        <Time at={job.createdAt} /> <span class="faint">by {printable(job.createdBy)}</span>
      </Fact>
      {startedAt === null ? null : (
        <Fact name="Begun">
          <Time at={startedAt} />
        </Fact>
      )}
      {endedAt === null ? null : (
        <Fact name="Ended">
          <Time at={endedAt} />
        </Fact>
      )}
      {result === null ? null : (
        <>
          <Fact name="SBOM">
            <Size bytes={result.bytes} /> <span class="faint">CycloneDX</span>
          </Fact>
          <Fact name="Its digest">
            <code title={result.digest}>{printable(result.digest.slice(0, SHORT_DIGEST))}</code>
          </Fact>
        </>
      )}
      <Fact name="Job">
        <code class="path">{printable(job.id)}</code>
      </Fact>
    </dl>
  )
}
