import { useEffect } from 'preact/hooks'
import type { Case } from '../../src/model/case.ts'
import { Notice } from '../parts/notice.tsx'
import { go, place } from '../shell/router.ts'
import { useStore } from '../shell/store.ts'
import { useTitle } from '../shell/title.ts'
import { Story } from '../story/story.tsx'
import { DropZone } from './drop-zone.tsx'
import { FoundCases } from './found-cases.tsx'
import { Progress } from './progress.tsx'
import { stop, trial } from './trial.ts'
import type { Judged } from './trial.ts'
import { NothingFound } from './nothing-found.tsx'
import { Heading } from '../shell/heading.tsx'

/** Reads a kernel log, or everything that was collected of an incident, without sending it anywhere. */
export function Try() {
  const state = useStore(trial)
  const { query } = useStore(place)
  useTitle('Try a log')
  // Escape leads back to the beginning, and gives up what is being read.
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isReading = trial.get().kind === 'reading' || trial.get().kind === 'judging'
      if (event.key === 'Escape' && isReading) stop()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
  const judged = state.kind === 'judged' ? state : null
  // Who listens to the page is led to the answer, and from one case to another.
  const answer = judged === null ? null : (query.get('case') ?? judged)
  useEffect(() => {
    if (answer !== null) document.querySelector<HTMLElement>('main h1')?.focus()
  }, [answer])
  const chosen = judged === null ? null : chosenCase(judged, query.get('case'))
  if (judged !== null && chosen !== null) return <OneCase judged={judged} found={chosen} />
  return (
    <>
      <div class="view-head">
        <Heading>{judged === null ? 'Try a log' : 'What the files say'}</Heading>
        <p class="lead">
          Who ended it, which limit was reached, and why. The files are read{' '}
          <strong>in this browser</strong>: nothing is uploaded.
        </p>
      </div>
      {state.kind === 'idle' ? <DropZone /> : null}
      {state.kind === 'reading' || state.kind === 'judging' ? <Progress trial={state} /> : null}
      {state.kind === 'failed' ? (
        <>
          <Notice title="It could not be read" tone="bad">
            <p>{state.says}</p>
          </Notice>
          <DropZone />
        </>
      ) : null}
      {judged === null ? null : judged.cases.length === 0 ? (
        <>
          <NothingFound judged={judged} />
          <DropZone />
        </>
      ) : (
        <>
          <FoundCases judged={judged} />
          <AnotherButton />
        </>
      )}
    </>
  )
}

function OneCase({ judged, found }: { judged: Judged; found: Case }) {
  const isOnly = judged.cases.length === 1
  return (
    <>
      <p class="back">
        {isOnly ? (
          <AnotherButton />
        ) : (
          <a href="/try">All {judged.cases.length} cases of these files</a>
        )}
        <span class="faint">
          Read in this browser from {namesOf(judged)}; nothing was uploaded.
        </span>
      </p>
      <Story key={found.id} found={found} warnings={[]} kept={null} />
    </>
  )
}

function AnotherButton() {
  return (
    <button
      type="button"
      class="button"
      onClick={() => {
        stop()
        go('/try')
      }}
    >
      Read something else
    </button>
  )
}

function chosenCase({ cases }: Judged, id: string | null): Case | null {
  if (cases.length === 1) return cases[0] ?? null
  return cases.find((found) => found.id === id) ?? null
}

function namesOf({ names }: Judged): string {
  const [first = ''] = names
  return names.length === 1 ? first : `${names.length.toLocaleString('en')} files`
}
