import { useEffect, useRef, useState } from 'preact/hooks'
import { CasesPage, Overview } from '../../src/server/contract.ts'
import type { CasesPageDocument, OverviewDocument } from '../../src/server/contract.ts'
import { Notice } from '../parts/notice.tsx'
import { Pages } from '../parts/pages.tsx'
import { Unanswered } from '../parts/unanswered.tsx'
import { entries } from '../server/events.ts'
import { useAsk } from '../server/use-ask.ts'
import { announce } from '../shell/announce.ts'
import { place } from '../shell/router.ts'
import type { Place } from '../shell/router.ts'
import { useStore } from '../shell/store.ts'
import { useTitle } from '../shell/title.ts'
import { counted } from '../words/time.ts'
import { CaseTable } from './case-table.tsx'
import { Filters } from './filters.tsx'
import { isFiltered, queryOf } from './filter.ts'
import { Heading } from '../shell/heading.tsx'

/** Everything that was recorded, the newest first. */
export function Cases() {
  const here = useStore(place)
  const news = useStore(entries)
  const asked = useAsk(`/api/cases?${queryOf(here.query, useSince(here))}`, CasesPage, news)
  const overview = useAsk('/api/overview', Overview, news)
  const known = overview.answer?.kind === 'ready' ? overview.answer.value : null
  const total = known === null ? null : totalOf(known)
  // A list that is replaced in a moment is better than none: nothing jumps while one types.
  const shown = asked.answer ?? asked.before
  useTitle('Cases')
  return (
    <>
      <div class="view-head">
        <Heading>Cases</Heading>
        <p class="lead">{headline(known, total)}</p>
      </div>
      <Blind known={known} />
      <Filters here={here} known={known} />
      {shown?.kind === 'ready' ? (
        <Found page={shown.value} here={here} known={known} isOld={asked.answer === null} />
      ) : (
        <Unanswered answer={shown} what="the cases" />
      )}
    </>
  )
}

function Found({ page, here, known, isOld }: FoundProps) {
  const fresh = useFresh(page, here, isOld)
  if (page.cases.length === 0) return <Nothing here={here} known={known} />
  return (
    <section aria-label="Cases found" aria-busy={isOld}>
      <CaseTable
        cases={page.cases}
        fresh={fresh}
        showsHost={(known?.hosts.length ?? 0) > 1}
        hrefOf={({ id }) => `/cases/${id}`}
      />
      <Pages here={here} next={page.next} />
    </section>
  )
}

interface FoundProps {
  page: CasesPageDocument
  here: Place
  known: OverviewDocument | null
  /** It is the answer to what was asked before. */
  isOld: boolean
}

function Nothing({ here, known }: { here: Place; known: OverviewDocument | null }) {
  if (isFiltered(here.query)) {
    return (
      <Notice title="No case fits">
        <p>
          <a href="/cases">Leave the filters out</a>
        </p>
      </Notice>
    )
  }
  if (known?.hosts.length === 0) {
    return (
      <Notice title="No case yet, and nobody watches">
        <p>
          This server watches no machine of its own, and no other has sent anything. Until then it
          can <a href="/try">read a log from elsewhere</a>.
        </p>
      </Notice>
    )
  }
  return (
    <Notice title="No case yet" tone="good">
      <p>
        Nothing was killed for memory since this server watches. When it happens, it stands here
        within a second; this page need not be loaded again.
      </p>
      <p>
        Until then: see <a href="/live">what is near its limit</a>, or{' '}
        <a href="/try">read a log from elsewhere</a>.
      </p>
    </Notice>
  )
}

/** What the server cannot see: silence from there proves nothing. */
function Blind({ known }: { known: OverviewDocument | null }) {
  const hosts = known?.hosts ?? []
  const sentences = [
    ...(known?.blind ?? []),
    ...hosts.flatMap(({ name, blind }) => (blind === null ? [] : [`${name}: ${blind}`])),
  ]
  if (sentences.length === 0) return null
  return (
    <details class="blind">
      <summary>{counted(sentences.length, 'thing')} cannot be seen at the moment</summary>
      <ul>
        {[...new Set(sentences)].map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </details>
  )
}

function headline(known: OverviewDocument | null, total: number | null): string {
  if (known === null || total === null) return 'What ran out of memory, and why.'
  const hosts = known.hosts.length
  if (total === 0) return 'Nothing is recorded.'
  const where =
    hosts === 1 ? `on ${known.hosts[0]?.name ?? 'one host'}` : `on ${counted(hosts, 'host')}`
  return `${counted(total, 'case')} ${where}.`
}

function totalOf({ counts }: OverviewDocument): number {
  return Object.values(counts).reduce((sum, count) => sum + (count ?? 0), 0)
}

/** "The last hour" begins where it was chosen; moving on with each question would be another question each time. */
function useSince({ query }: Place): number {
  const chosen = query.get('since')
  const [at, setAt] = useState({ chosen, now: Date.now() })
  if (at.chosen !== chosen) setAt({ chosen, now: Date.now() })
  return at.now
}

/** The incidents that came while one was looking: marked, and told to whoever listens. */
function useFresh(page: CasesPageDocument, { query }: Place, isOld: boolean): ReadonlySet<string> {
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set())
  const seen = useRef<{ query: string; incidents: Set<string> } | null>(null)
  useEffect(() => {
    if (isOld) return
    const incidents = new Set(page.cases.map(({ incident }) => incident))
    const before = seen.current
    seen.current = { query: query.toString(), incidents }
    if (before === null || before.query !== query.toString()) {
      setFresh(new Set())
      return
    }
    const added = page.cases.filter(({ incident }) => !before.incidents.has(incident))
    if (added.length === 0 || query.has('after')) return
    setFresh(new Set(added.map(({ incident }) => incident)))
    announce(
      added.length === 1
        ? `A new case: ${added[0]?.verdict.summary ?? ''}`
        : counted(added.length, 'new case'),
    )
  }, [page, query, isOld])
  return fresh
}
