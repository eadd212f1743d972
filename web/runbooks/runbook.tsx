import { printable } from '../../src/report/printable.ts'
import { RunbookAnswer, RunsAnswer } from '../../src/server/runbook-contract.ts'
import { Answered } from '../parts/answered.tsx'
import { Fact } from '../parts/fact.tsx'
import { Notice } from '../parts/notice.tsx'
import { useAsk } from '../server/use-ask.ts'
import { useBeat } from '../server/use-beat.ts'
import { Heading } from '../shell/heading.tsx'
import { useTitle } from '../shell/title.ts'
import { Begin } from './begin.tsx'
import type { RunbookDocument } from './documents.ts'
import { Prevention } from './prevention.tsx'
import { ELSEWHERE_MS } from './rhythm.ts'
import { RunTable } from './run-table.tsx'
import { SeverityTag } from './severity-tag.tsx'
import { useRunNews } from './use-run-news.ts'
import '../style/acting.css'
import '../style/runbooks.css'

/** One runbook: what it is for, its plan, and how its runs went. */
export function Runbook({ id }: { id: string }) {
  const { answer } = useAsk(`/api/runbooks/${encodeURIComponent(id)}`, RunbookAnswer)
  return (
    <>
      <p class="back">
        <a href="/runbooks">All runbooks</a>
      </p>
      <Answered answer={answer} heading={`Runbook ${id}`} what={`the runbook ${id}`}>
        {(runbook) => <Told runbook={runbook} />}
      </Answered>
    </>
  )
}

function Told({ runbook }: { runbook: RunbookDocument }) {
  const { title, symptoms, problems } = runbook
  useTitle(printable(title))
  return (
    <article class="acting">
      <div class="answer">
        <p class="kicker">
          <span class="kicker-name">Runbook</span>
          <span>{printable(runbook.id)}</span>
        </p>
        <Heading>{printable(title)}</Heading>
        {symptoms.length === 0 ? null : (
          <details class="evidence">
            <summary>It is for this</summary>
            <ul class="plain-list">
              {symptoms.map(({ text, line }) => (
                <li key={line}>{printable(text)}</li>
              ))}
            </ul>
          </details>
        )}
      </div>
      {problems.length === 0 ? null : (
        <Notice title="Not all of this runbook is understood" tone="bad">
          <ul class="plain-list">
            {problems.map(({ line, says }) => (
              <li key={line}>
                line {line}: {printable(says)}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <div class="story-body">
        <div class="story-main">
          <Begin runbook={runbook} />
          <Prevention runbook={runbook} />
          <Runs id={runbook.id} />
        </div>
        <aside class="story-side" aria-label="The facts">
          <Facts runbook={runbook} />
        </aside>
      </div>
    </article>
  )
}

const SHOWN_RUNS = 10

function Runs({ id }: { id: string }) {
  const again = `${useRunNews(null)} ${useBeat(ELSEWHERE_MS)}`
  const path = `/api/runs?limit=${SHOWN_RUNS}&runbook=${encodeURIComponent(id)}`
  const { answer } = useAsk(path, RunsAnswer, again)
  const runs = answer?.kind === 'ready' ? answer.value.runs : []
  if (runs.length === 0) return null
  return (
    <section aria-labelledby="runs-title">
      <h2 id="runs-title" class="list-title">
        Its runs
      </h2>
      <RunTable runs={runs} caption="Runs of this runbook, the newest first" />
    </section>
  )
}

function Facts({ runbook: { about, path } }: { runbook: RunbookDocument }) {
  const { component, severity, owner, updated, alerts, doctorChecks } = about
  return (
    <dl class="facts">
      {severity === null ? null : (
        <Fact name="Severity">
          <SeverityTag severity={severity} />
        </Fact>
      )}
      {component === null ? null : <Fact name="Component">{printable(component)}</Fact>}
      {owner === null ? null : <Fact name="Owner">{printable(owner)}</Fact>}
      {updated === null ? null : <Fact name="Updated">{printable(updated)}</Fact>}
      {alerts.length === 0 ? null : (
        <Fact name="For these alerts">{alerts.map(printable).join(', ')}</Fact>
      )}
      {doctorChecks.length === 0 ? null : (
        <Fact name="Checks of stella doctor">{doctorChecks.map(printable).join(', ')}</Fact>
      )}
      <Fact name="Document">
        <code class="path">{printable(path)}</code>
      </Fact>
    </dl>
  )
}
