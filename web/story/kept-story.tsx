import { useMemo } from 'preact/hooks'
import { KeptCase } from '../../src/server/contract.ts'
import type { KeptCaseDocument } from '../../src/server/contract.ts'
import { readCases } from '../../src/investigate/case-reader.ts'
import { Answered } from '../parts/answered.tsx'
import { Notice } from '../parts/notice.tsx'
import { entries } from '../server/events.ts'
import { useAsk } from '../server/use-ask.ts'
import { useStore } from '../shell/store.ts'
import { Story } from './story.tsx'

/** A case that the server keeps. What an engine says of it may come a moment later and make another revision. */
export function KeptStory({ id }: { id: string }) {
  const { answer } = useAsk(`/api/cases/${id}`, KeptCase, useStore(entries))
  return (
    <>
      <p class="back">
        <a href="/cases">All cases</a>
      </p>
      <Answered answer={answer} heading={`Case ${id}`} what={`the case ${id}`}>
        {(kept) => <Told kept={kept} />}
      </Answered>
    </>
  )
}

function Told({ kept }: { kept: KeptCaseDocument }) {
  const found = useMemo(() => {
    const read = readCases(kept.case)
    return 'cases' in read ? (read.cases[0] ?? null) : null
  }, [kept])
  if (found === null) {
    return (
      <Notice title="This case is not understood" tone="bad">
        <p>The server may be of another version than this page: load it again.</p>
      </Notice>
    )
  }
  const { host, warnings, revision } = kept
  return (
    <Story
      found={found}
      warnings={warnings.map((warning) => ({ ...warning, at: Date.parse(warning.at) }))}
      kept={{ host: host.name, revision, recordedAt: Date.parse(kept.recordedAt) }}
    />
  )
}
