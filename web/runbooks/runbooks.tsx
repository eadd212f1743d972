import type * as z from 'zod/mini'
import { printable } from '../../src/report/printable.ts'
import { RunbooksAnswer, RunsAnswer } from '../../src/server/runbook-contract.ts'
import type { Answer } from '../server/client.ts'
import { Notice } from '../parts/notice.tsx'
import { Unanswered } from '../parts/unanswered.tsx'
import { useAsk } from '../server/use-ask.ts'
import { useBeat } from '../server/use-beat.ts'
import { Heading } from '../shell/heading.tsx'
import { place } from '../shell/router.ts'
import { useStore } from '../shell/store.ts'
import { useTitle } from '../shell/title.ts'
import { ELSEWHERE_MS } from './rhythm.ts'
import { RunTable } from './run-table.tsx'
import { Shelf } from './shelf.tsx'
import { useRunNews } from './use-run-news.ts'
import '../style/acting.css'
import '../style/runbooks.css'

const NEWEST = 10

/** The shelf of runbooks, and the runs that were begun last. */
export function Runbooks() {
  const { query } = useStore(place)
  const about = query.get('case')
  const again = `${useRunNews(null)} ${useBeat(ELSEWHERE_MS)}`
  const runs = useAsk(`/api/runs?limit=${NEWEST}`, RunsAnswer, again).answer
  const shelf = useAsk('/api/runbooks', RunbooksAnswer, again).answer
  useTitle('Runbooks')
  if (shelf?.kind === 'missing') {
    return (
      <>
        <Heading>Runbooks</Heading>
        <Notice title="This server has no runbooks">
          <p>Cases and what lives are shown all the same.</p>
        </Notice>
      </>
    )
  }
  const runsPart = <NewestRuns key="runs" answer={runs} />
  const shelfPart = <AllRunbooks key="shelf" answer={shelf} given={query} />
  return (
    <>
      <div class="view-head">
        <Heading>Runbooks</Heading>
        <p class="lead">
          What to do when something is wrong. A run looks first, and changes nothing before somebody
          has approved it.
        </p>
      </div>
      <div class="runbooks">
        {/* Who comes from a case comes for a runbook. */}
        {about === null ? runsPart : shelfPart}
        {about === null ? shelfPart : runsPart}
      </div>
    </>
  )
}

function NewestRuns({ answer }: { answer: Answer<z.output<typeof RunsAnswer>> | null }) {
  return (
    <section aria-labelledby="runs-title">
      <h2 id="runs-title" class="list-title">
        Newest runs
      </h2>
      {answer?.kind !== 'ready' ? (
        <Unanswered answer={answer} what="the runs" />
      ) : answer.value.runs.length === 0 ? (
        <Notice title="No runbook was run yet">
          <p>Choose one: to look changes nothing.</p>
        </Notice>
      ) : (
        <RunTable runs={answer.value.runs} caption="Runs, the newest first" />
      )}
    </section>
  )
}

interface AllRunbooksProps {
  answer: Answer<z.output<typeof RunbooksAnswer>> | null
  given: URLSearchParams
}

function AllRunbooks({ answer, given }: AllRunbooksProps) {
  const about = given.get('case')
  return (
    <section aria-labelledby="shelf-title">
      <h2 id="shelf-title" class="list-title">
        All runbooks
      </h2>
      {about === null ? null : (
        <p class="chapter-lead">
          For the case <a href={`/cases/${encodeURIComponent(about)}`}>{printable(about)}</a>: those
          that ask for a case stand first, with it filled in.
        </p>
      )}
      {answer?.kind === 'ready' ? (
        <Shelf runbooks={answer.value.runbooks} given={given} />
      ) : (
        <Unanswered answer={answer} what="the runbooks" />
      )}
    </section>
  )
}
