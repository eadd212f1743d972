import type { Case } from '../../src/model/case.ts'
import { printable } from '../../src/report/printable.ts'
import { causeTitle } from '../words/causes.ts'
import { CONFIDENCE_WORDS } from '../words/verdict.ts'
import { EvidenceOf } from './evidence.tsx'
import { Section } from './section.tsx'

/** Who ended it is one question; why it grew is another. */
export function CausesSection({ found }: { found: Case }) {
  if (found.causes.length === 0) return null
  return (
    <Section id="causes" title="Why it grew">
      <ol class="causes">
        {found.causes.map((cause) => (
          <li key={cause.code}>
            <h3>
              {causeTitle(cause.code)}{' '}
              <span class="tag" title={CONFIDENCE_WORDS[cause.confidence]}>
                {cause.confidence}
              </span>
            </h3>
            <p>{printable(cause.summary)}</p>
            <EvidenceOf found={found} ids={cause.because} label="What shows it" />
          </li>
        ))}
      </ol>
    </Section>
  )
}
