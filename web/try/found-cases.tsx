import type { Case } from '../../src/model/case.ts'
import type { CaseSummaryDocument } from '../../src/server/contract.ts'
import { printable } from '../../src/report/printable.ts'
import { CaseTable } from '../cases/case-table.tsx'
import { counted } from '../words/time.ts'
import type { Judged } from './trial.ts'

/** Several cases in the files: the same list as of recorded ones, newest first. */
export function FoundCases({ judged }: { judged: Judged }) {
  const { cases, unknown, observations, names } = judged
  return (
    <>
      <p>
        {counted(cases.length, 'case')} from {counted(observations, 'observation')} in{' '}
        {counted(names.length, 'file')}.
      </p>
      <CaseTable
        cases={cases.map(summaryOf).toReversed()}
        fresh={new Set()}
        showsHost={false}
        hrefOf={({ id }) => `/try?case=${id}`}
      />
      <NotRead sentences={unknown} />
    </>
  )
}

export function NotRead({ sentences, isOpen = false }: NotReadProps) {
  if (sentences.length === 0) return null
  return (
    <details class="blind" open={isOpen}>
      <summary>{counted(sentences.length, 'thing')} could not be read</summary>
      <ul>
        {sentences.map((sentence) => (
          <li key={sentence}>{printable(sentence)}</li>
        ))}
      </ul>
    </details>
  )
}

interface NotReadProps {
  sentences: readonly string[]
  isOpen?: boolean
}

function summaryOf(found: Case): CaseSummaryDocument {
  const [victim] = found.victims
  const at = found.at === null ? null : new Date(found.at).toISOString()
  return {
    id: found.id,
    incident: found.id,
    revision: 1,
    host: { id: '', name: '' },
    at,
    recordedAt: at ?? new Date().toISOString(),
    subject: found.subject,
    verdict: found.verdict,
    limitBytes: found.binding.limitBytes,
    usageBytes: found.binding.usageBytes,
    victim: victim === undefined ? null : { pid: victim.pid, name: victim.name },
  }
}
