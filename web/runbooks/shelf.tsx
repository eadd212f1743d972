import { printable } from '../../src/report/printable.ts'
import { Notice } from '../parts/notice.tsx'
import { Ago } from '../parts/time.tsx'
import type { ShelvedDocument } from './documents.ts'
import { SeverityTag } from './severity-tag.tsx'

interface ShelfProps {
  runbooks: readonly ShelvedDocument[]
  /** Values of parameters that are known already: of a case that somebody came from. */
  given: URLSearchParams
}

export function Shelf({ runbooks, given }: ShelfProps) {
  const fitting = runbooks.filter(({ params }) =>
    [...given.keys()].every((name) => params.some((param) => param.name === name)),
  )
  const others = runbooks.filter((each) => !fitting.includes(each))
  if (runbooks.length === 0) return <Notice title="There is no runbook" />
  return (
    <ul class="shelf">
      {[...fitting, ...others].map((runbook) => (
        <li key={runbook.id}>
          <Card
            runbook={runbook}
            href={`/runbooks/${encodeURIComponent(runbook.id)}${queryFor(runbook, given)}`}
          />
        </li>
      ))}
    </ul>
  )
}

/** Of what is given, what this runbook asks for. */
function queryFor({ params }: ShelvedDocument, given: URLSearchParams): string {
  const own = [...given].filter(([name]) => params.some((param) => param.name === name))
  return own.length === 0 ? '' : `?${new URLSearchParams(own)}`
}

function Card({ runbook, href }: { runbook: ShelvedDocument; href: string }) {
  const { title, component, severity, alerts, steps, lastSucceeded } = runbook
  return (
    <>
      <h3>
        <a class="row-link" href={href}>
          {printable(title)}
        </a>
      </h3>
      <p class="shelf-terms">
        {severity === null ? null : <SeverityTag severity={severity} />}
        {component === null ? null : <span>{printable(component)}</span>}
        <span>{steps} steps</span>
      </p>
      {alerts.length === 0 ? null : (
        <p class="shelf-alerts">
          {alerts.map((alert) => (
            <span key={alert} class="tag">
              {printable(alert)}
            </span>
          ))}
        </p>
      )}
      <p class="faint shelf-last">
        {lastSucceeded === null ? (
          'no run has come to a good end yet'
        ) : (
          <>
            last good end: <Ago at={Date.parse(lastSucceeded)} />
          </>
        )}
      </p>
    </>
  )
}
