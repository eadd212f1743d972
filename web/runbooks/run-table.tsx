import { printable } from '../../src/report/printable.ts'
import { Mark } from '../parts/mark.tsx'
import { WhenCell } from '../parts/when-cell.tsx'
import { listedInWords, listedShape, originInWords } from '../words/runbooks.ts'
import type { RunListed } from './documents.ts'

/** Runs, each with how it stands. */
export function RunTable({ runs, caption }: { runs: readonly RunListed[]; caption: string }) {
  return (
    <table class="cases">
      <caption class="hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Runbook, and how its run stands</th>
          <th scope="col">Begun</th>
          <th scope="col" class="number">
            When
          </th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <RunRow key={run.run} run={run} />
        ))}
      </tbody>
    </table>
  )
}

function RunRow({ run }: { run: RunListed }) {
  const at = Date.parse(run.endedAt ?? run.begunAt)
  const why = run.waits?.why ?? run.why
  return (
    <tr>
      <td>
        <div class="who">
          <Mark shape={listedShape(run)} />
          <div>
            <a class="row-link" href={`/runbooks/runs/${encodeURIComponent(run.run)}`}>
              {printable(run.title)}
            </a>
            <p class="verdict-line">
              {listedInWords(run)}
              {why === null ? null : <span class="faint">: {printable(why)}</span>}
            </p>
          </div>
        </div>
      </td>
      <td data-label="Begun">{printable(originInWords(run))}</td>
      <WhenCell at={at} label={run.endedAt === null ? 'Since' : 'Ended'} />
    </tr>
  )
}
