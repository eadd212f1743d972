import type { Case } from '../../src/model/case.ts'
import { printable } from '../../src/report/printable.ts'
import { clock, dateAndTime, inUtc } from '../words/time.ts'
import { EvidenceOf } from './evidence.tsx'
import type { StoryWarning } from './memory-marks.ts'
import { Section } from './section.tsx'

interface Step {
  at: number | null
  what: string
  /** Of the evidence; null for a warning, which is a word of stella's own. */
  evidence: string | null
}

/** What happened when, with the warnings that came before. */
export function TimelineSection({
  found,
  warnings,
}: {
  found: Case
  warnings: readonly StoryWarning[]
}) {
  const steps = stepsOf(found, warnings)
  if (steps.length === 0) return null
  return (
    <Section id="timeline" title="What happened when">
      <ol class="timeline">
        {steps.map((step, at) => (
          <li key={at} class={step.evidence === null ? 'timeline-warning' : ''}>
            {step.at === null ? (
              <span class="timeline-at faint">unknown time</span>
            ) : (
              <time
                class="timeline-at"
                dateTime={new Date(step.at).toISOString()}
                title={`${dateAndTime(step.at)}, ${inUtc(step.at)}`}
              >
                {clock(step.at)}
              </time>
            )}
            <div>
              <p>
                {step.evidence === null ? <span class="tag">warning</span> : null}{' '}
                {printable(step.what)}
              </p>
              {step.evidence === null ? null : (
                <EvidenceOf found={found} ids={[step.evidence]} label="Where that stands" />
              )}
            </div>
          </li>
        ))}
      </ol>
    </Section>
  )
}

function stepsOf(found: Case, warnings: readonly StoryWarning[]): Step[] {
  // The last warning is often evidence of the case itself.
  const known = new Set(found.timeline.map(({ what }) => what))
  const told = warnings
    .filter(({ says }) => !known.has(says))
    .map(({ at, says }): Step => ({ at, what: says, evidence: null }))
  return [...told, ...found.timeline].toSorted(
    (a, b) => (a.at ?? Infinity) - (b.at ?? Infinity) || 0,
  )
}
