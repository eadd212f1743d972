import type { Case } from '../../src/model/case.ts'
import type { ProcessMemory } from '../../src/model/memory.ts'
import { printable } from '../../src/report/printable.ts'
import { Size } from '../parts/size.tsx'
import { Section } from './section.tsx'

/** Of more than this the largest are shown first, and the rest on demand. */
const SHOWN = 8

/** Who else was there, and who was chosen. */
export function ProcessesSection({ found }: { found: Case }) {
  const { processes, victims } = found
  if (processes.length === 0) return null
  const sorted = processes.toSorted((a, b) => (b.rssBytes ?? 0) - (a.rssBytes ?? 0))
  const killed = new Set(victims.map(({ pid }) => pid))
  const rest = sorted.slice(SHOWN)
  return (
    <Section
      id="processes"
      title="Processes at that moment"
      lead={
        processes.length > 1
          ? `${processes.length.toLocaleString('en')} processes, the largest first.`
          : undefined
      }
    >
      <ProcessTable
        processes={sorted.slice(0, SHOWN)}
        killed={killed}
        caption="Processes at that moment"
      />
      {rest.length === 0 ? null : (
        <details class="evidence">
          <summary>The other {rest.length.toLocaleString('en')}</summary>
          <ProcessTable processes={rest} killed={killed} caption="The other processes" />
        </details>
      )}
    </Section>
  )
}

function ProcessTable({ processes, killed, caption }: ProcessTableProps) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={caption}>
      <table class="figures">
        <caption class="hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Process</th>
            <th scope="col" class="number">
              Resident
            </th>
            <th scope="col" class="number">
              Anonymous
            </th>
            <th scope="col" class="number">
              File
            </th>
            <th scope="col" class="number">
              Swap
            </th>
            <th scope="col" class="number">
              oom_score_adj
            </th>
          </tr>
        </thead>
        <tbody>
          {processes.map((process) => (
            <tr key={process.pid}>
              <th scope="row">
                {printable(process.name)} <span class="faint">{process.pid}</span>
                {killed.has(process.pid) ? <span class="tag tag-bad">killed</span> : null}
              </th>
              <td class="number">
                <Size bytes={process.rssBytes} />
              </td>
              <td class="number">
                <Size bytes={process.anonRssBytes} />
              </td>
              <td class="number">
                <Size bytes={process.fileRssBytes} />
              </td>
              <td class="number">
                <Size bytes={process.swapBytes} />
              </td>
              <td class="number">{process.oomScoreAdj ?? <span class="faint">not known</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface ProcessTableProps {
  processes: readonly ProcessMemory[]
  killed: ReadonlySet<number>
  caption: string
}
