import { useEffect, useRef, useState } from 'preact/hooks'
import { printable } from '../../src/report/printable.ts'
import { RunAnswer } from '../../src/server/runbook-contract.ts'
import { Answered } from '../parts/answered.tsx'
import { Command } from '../parts/command.tsx'
import { Notice } from '../parts/notice.tsx'
import { Time } from '../parts/time.tsx'
import { useAsk } from '../server/use-ask.ts'
import { useBeat } from '../server/use-beat.ts'
import { announce } from '../shell/announce.ts'
import { useTitle } from '../shell/title.ts'
import { HOW_WORDS, stepInWords } from '../words/runbooks.ts'
import type { RunDocument } from './documents.ts'
import { Now } from './now.tsx'
import { standingInWords } from './now-words.ts'
import { ELSEWHERE_MS } from './rhythm.ts'
import { shortHash } from './short-hash.ts'
import { standingOf } from './standing.ts'
import { title } from './step-title.ts'
import { Steps } from './steps.tsx'
import { useRunNews } from './use-run-news.ts'
import '../style/acting.css'
import '../style/runbooks.css'

const OVER_MS = 3_600_000

/** One run of a runbook, as it goes. */
export function Run({ id }: { id: string }) {
  const [isOver, setOver] = useState(false)
  const [acts, setActs] = useState(0)
  const again = `${useRunNews(id)} ${useBeat(isOver ? OVER_MS : ELSEWHERE_MS)} ${acts}`
  const { answer } = useAsk(`/api/runs/${encodeURIComponent(id)}`, RunAnswer, again)
  const run = answer?.kind === 'ready' ? answer.value : null
  useEffect(() => setOver(run !== null && run.verdict !== null), [run])
  return (
    <>
      <p class="back">
        <a href="/runbooks">All runbooks</a>
        {run === null ? null : (
          <a href={`/runbooks/${encodeURIComponent(run.runbook.id)}`}>
            {printable(run.runbook.title)}
          </a>
        )}
      </p>
      <Answered answer={answer} heading={`Run ${id}`} what={`the run ${id}`}>
        {(told) => <Told run={told} onActed={() => setActs((before) => before + 1)} />}
      </Answered>
    </>
  )
}

function Told({ run, onActed }: { run: RunDocument; onActed(): void }) {
  const standing = standingOf(run)
  useTitle(`${standingInWords(standing)}: ${printable(run.runbook.title)}`)
  useTelling(run)
  return (
    <article class="acting">
      <Now run={run} standing={standing} onActed={onActed} />
      {run.broken === null ? null : (
        <Notice title="The journal of this run was changed after it was written" tone="bad">
          <p>
            Line {run.broken.line}: {printable(run.broken.says)}. What follows it is left out.
          </p>
        </Notice>
      )}
      <div class="story-body">
        <div class="story-main">
          <Steps run={run} onActed={onActed} />
          <section class="chapter" aria-labelledby="report-title">
            <h2 id="report-title">Report</h2>
            <p class="chapter-lead">All of this, for a ticket, without secrets.</p>
            <Command
              run={`stella runbook report ${run.run}`}
              what="How to print the report of this run"
            />
          </section>
        </div>
        <aside class="story-side" aria-label="The facts">
          <Facts run={run} />
        </aside>
      </div>
    </article>
  )
}

/** Tells whoever listens what became of each step, and how the run stands. */
function useTelling(run: RunDocument): void {
  const before = useRef(run)
  useEffect(() => {
    const known = new Map(before.current.steps.map(({ id, state }) => [id, state]))
    const ended = run.steps.filter(
      ({ id, state, endedAt }) =>
        known.get(id) !== state && state !== 'skipped' && (endedAt !== null || state === 'undone'),
    )
    const standing = standingInWords(standingOf(run))
    const news = [
      ...ended.map((step) => `${title(step).replace(/\.$/, '')}: ${stepInWords(step)}`),
      ...(standing === standingInWords(standingOf(before.current)) ? [] : [standing]),
    ]
    before.current = run
    if (news.length > 0) announce(news.join('. '))
  }, [run])
}

function Facts({ run }: { run: RunDocument }) {
  const { params, approvals, resumed } = run
  const last = resumed.at(-1)
  return (
    <dl class="facts">
      {Object.entries(params).map(([name, value]) => (
        <div key={name}>
          <dt>{printable(name)}</dt>
          <dd>
            <code class="path">{printable(value)}</code>
          </dd>
        </div>
      ))}
      <div>
        <dt>Begun</dt>
        <dd>
          <Time at={Date.parse(run.begunAt)} />
          <span class="note">
            by {printable(run.by)} on {printable(run.host)}
          </span>
        </dd>
      </div>
      {approvals.map(({ at, by, how, steps }) => (
        <div key={`${at} ${by} ${how}`}>
          <dt>Approved by {printable(by)}</dt>
          <dd>
            {steps === null ? HOW_WORDS[how] : steps.map(printable).join(', ')}
            <span class="note">
              <Time at={Date.parse(at)} />
            </span>
          </dd>
        </div>
      ))}
      {last === undefined ? null : (
        <div>
          <dt>Gone on with</dt>
          <dd>
            {resumed.length === 1 ? 'once' : `${resumed.length} times`}
            <span class="note">
              last <Time at={Date.parse(last.at)} /> by {printable(last.by)}
            </span>
          </dd>
        </div>
      )}
      {run.endedAt === null ? null : (
        <div>
          <dt>Ended</dt>
          <dd>
            <Time at={Date.parse(run.endedAt)} />
          </dd>
        </div>
      )}
      <div>
        <dt>Plan</dt>
        <dd>
          <code class="path" title={run.plan}>
            {shortHash(run.plan)}
          </code>
        </dd>
      </div>
      <div>
        <dt>Run</dt>
        <dd>
          <code class="path">{run.run}</code>
        </dd>
      </div>
    </dl>
  )
}
