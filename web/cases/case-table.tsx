import type { CaseSummaryDocument } from '../../src/server/contract.ts'
import { VERDICT_WORDS } from '../../src/report/words.ts'
import { printable } from '../../src/report/printable.ts'
import { Size } from '../parts/size.tsx'
import { VerdictMark } from '../parts/verdict-mark.tsx'
import { WhenCell } from '../parts/when-cell.tsx'
import { kindOf, nameOf } from '../words/subject.ts'

interface CaseTableProps {
  cases: readonly CaseSummaryDocument[]
  /** Incidents that came a moment ago. */
  fresh: ReadonlySet<string>
  showsHost: boolean
  /** Where a case is opened. */
  hrefOf(one: CaseSummaryDocument): string
}

export function CaseTable({ cases, fresh, showsHost, hrefOf }: CaseTableProps) {
  return (
    <table class="cases">
      <caption class="hidden">Cases, the newest first</caption>
      <thead>
        <tr>
          <th scope="col">Who, and what happened</th>
          <th scope="col">Victim</th>
          <th scope="col" class="number">
            Limit
          </th>
          {showsHost ? <th scope="col">Host</th> : null}
          <th scope="col" class="number">
            When
          </th>
        </tr>
      </thead>
      <tbody>
        {cases.map((one) => (
          <CaseRow
            key={one.incident + one.host.id}
            one={one}
            href={hrefOf(one)}
            isFresh={fresh.has(one.incident)}
            showsHost={showsHost}
          />
        ))}
      </tbody>
    </table>
  )
}

function CaseRow({ one, href, isFresh, showsHost }: CaseRowProps) {
  const at = Date.parse(one.at ?? one.recordedAt)
  const { subject, verdict, victim } = one
  return (
    <tr class={isFresh ? 'fresh' : ''}>
      <td class="who">
        <VerdictMark code={verdict.code} />
        <div>
          <a class="row-link" href={href} title={verdict.summary}>
            {nameOf(subject)}
          </a>
          <span class="kind">
            {kindOf(subject)}
            {subject.image === null ? null : `, ${printable(subject.image)}`}
          </span>
          {isFresh ? <span class="badge">new</span> : null}
          <p class="verdict-line">
            {VERDICT_WORDS[verdict.code]}
            {verdict.confidence === 'certain' ? null : (
              <span class="faint"> ({verdict.confidence})</span>
            )}
          </p>
        </div>
      </td>
      <td class="victim" data-label="Victim">
        {victim === null ? (
          <span class="faint">none known</span>
        ) : (
          <>
            {printable(victim.name)} <span class="faint">PID {victim.pid}</span>
          </>
        )}
      </td>
      <td class="number" data-label="Limit">
        {one.limitBytes === null ? (
          <span class="faint">none known</span>
        ) : (
          <Size bytes={one.limitBytes} />
        )}
      </td>
      {showsHost ? <td data-label="Host">{printable(one.host.name)}</td> : null}
      <WhenCell at={at} label="When" />
    </tr>
  )
}

interface CaseRowProps {
  one: CaseSummaryDocument
  href: string
  isFresh: boolean
  showsHost: boolean
}
