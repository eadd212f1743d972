import { RunsAnswer } from '../../src/server/runbook-contract.ts'
import { RunTable } from '../runbooks/run-table.tsx'
import { useRunNews } from '../runbooks/use-run-news.ts'
import { useAsk } from '../server/use-ask.ts'
import { Section } from './section.tsx'

/** Runs of runbooks that belong to a case, and the way to begin one. */
export function RunsSection({ id }: { id: string }) {
  const { answer } = useAsk(
    `/api/runs?case=${encodeURIComponent(id)}`,
    RunsAnswer,
    useRunNews(null),
  )
  if (answer?.kind !== 'ready') return null
  const { runs } = answer.value
  return (
    <Section
      id="runs"
      title="Runbooks"
      lead={runs.length === 0 ? 'No runbook was run for this case yet.' : undefined}
    >
      {runs.length === 0 ? null : (
        <RunTable runs={runs} caption="Runs that belong to this case, the newest first" />
      )}
      <p class="share-buttons">
        <a class="button" href={`/runbooks?case=${encodeURIComponent(id)}`}>
          Choose a runbook for it
        </a>
      </p>
    </Section>
  )
}
