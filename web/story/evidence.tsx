import type { Case, CaseEvidence } from '../../src/model/case.ts'
import { printable, printableLines } from '../../src/report/printable.ts'
import { Time } from '../parts/time.tsx'
import { counted } from '../words/time.ts'
import { Section } from './section.tsx'

/** The observations that a sentence rests on, each down to the raw line. */
export function EvidenceOf({ found, ids, label, isOpen = false }: EvidenceOfProps) {
  const seen = found.evidence.filter(({ id }) => ids.includes(id))
  if (seen.length === 0) return null
  return (
    <details class="evidence" open={isOpen}>
      <summary>
        {label} <span class="faint">({counted(seen.length, 'observation')})</span>
      </summary>
      {seen.map((one) => (
        <Observation key={one.id} seen={one} />
      ))}
    </details>
  )
}

interface EvidenceOfProps {
  found: Case
  ids: readonly string[]
  label: string
  isOpen?: boolean
}

/** All of it, in one place. */
export function EvidenceSection({ found }: { found: Case }) {
  if (found.evidence.length === 0) return null
  return (
    <Section
      id="evidence"
      title="All evidence"
      lead="Every sentence above rests on one of these. The raw text stands as the source had it."
    >
      <details class="evidence">
        <summary>Show {counted(found.evidence.length, 'observation')}</summary>
        {found.evidence.map((seen) => (
          <Observation key={seen.id} seen={seen} />
        ))}
      </details>
    </Section>
  )
}

function Observation({ seen }: { seen: CaseEvidence }) {
  return (
    <figure class="observation">
      <figcaption>
        <span class="tag">{printable(seen.id)}</span>
        <span class="observation-says">{printable(seen.says)}</span>
        <span class="observation-from">
          {seen.source}, <code>{printable(seen.from)}</code>, <Time at={seen.at} />
        </span>
      </figcaption>
      <pre class="raw" tabIndex={0} role="group" aria-label={`Raw text of ${seen.id}`}>
        {printableLines(seen.excerpt.trimEnd()).join('\n')}
      </pre>
    </figure>
  )
}
