import type { Case } from '../../src/model/case.ts'
import { VERDICT_WORDS } from '../../src/report/words.ts'
import { printable } from '../../src/report/printable.ts'
import { Ago, Time } from '../parts/time.tsx'
import { VerdictMark } from '../parts/verdict-mark.tsx'
import { useTitle } from '../shell/title.ts'
import { kindOf, nameOf } from '../words/subject.ts'
import { CONFIDENCE_WORDS, weightOf } from '../words/verdict.ts'
import { BillSection } from './bill.tsx'
import { CausesSection } from './causes.tsx'
import { DecisionSection } from './decision.tsx'
import { EvidenceOf, EvidenceSection } from './evidence.tsx'
import { Facts } from './facts.tsx'
import type { Kept } from './facts.tsx'
import { LivesSection } from './lives.tsx'
import { MemorySection } from './memory.tsx'
import type { StoryWarning } from './memory-marks.ts'
import { ProcessesSection } from './processes.tsx'
import { RemediesSection } from './remedies.tsx'
import { RunsSection } from './runs.tsx'
import { Section } from './section.tsx'
import { Share } from './share.tsx'
import { TimelineSection } from './timeline.tsx'
import { VerifySection } from './verify.tsx'
import { Heading } from '../shell/heading.tsx'

interface StoryProps {
  found: Case
  warnings: readonly StoryWarning[]
  /** Null: it was read from files, and nobody keeps it. */
  kept: Kept | null
}

/** One case, the answer first, then everything it rests on. */
export function Story({ found, warnings, kept }: StoryProps) {
  const { subject, verdict } = found
  useTitle(`${VERDICT_WORDS[verdict.code]}: ${nameOf(subject)}`)
  return (
    <article class="story">
      <header class={`answer answer-${weightOf(verdict.code)}`}>
        <p class="kicker">
          <span class="kicker-name">{nameOf(subject)}</span>
          <span>{kindOf(subject)}</span>
          {subject.image === null ? null : <span>{printable(subject.image)}</span>}
        </p>
        <Heading>
          <VerdictMark code={verdict.code} />
          {VERDICT_WORDS[verdict.code]}
        </Heading>
        <p class="answer-sentence">{printable(verdict.summary)}</p>
        <p class="answer-foot">
          <Time at={found.at} />
          {found.at === null ? null : <Ago at={found.at} />}
          {kept === null ? null : <span>on {printable(kept.host)}</span>}
          <span title={CONFIDENCE_WORDS[verdict.confidence]}>{verdict.confidence}</span>
          <code>{verdict.code}</code>
        </p>
        <EvidenceOf found={found} ids={verdict.because} label="What the verdict rests on" />
        <EvidenceOf found={found} ids={verdict.against} label="What speaks against it" />
        <Share found={found} />
      </header>
      <div class="story-body">
        <div class="story-main">
          <MemorySection found={found} warnings={warnings} />
          <LivesSection lives={found.lives} />
          <CausesSection found={found} />
          <RemediesSection found={found} />
          {kept === null ? null : <RunsSection id={found.id} />}
          <VerifySection found={found} isKept={kept !== null} />
          <TimelineSection found={found} warnings={warnings} />
          <BillSection found={found} />
          <ProcessesSection found={found} />
          <DecisionSection found={found} />
          <Unknown found={found} />
          <EvidenceSection found={found} />
        </div>
        <aside class="story-side" aria-label="The facts">
          <Facts found={found} kept={kept} />
        </aside>
      </div>
    </article>
  )
}

function Unknown({ found }: { found: Case }) {
  if (found.unknown.length === 0) return null
  return (
    <Section id="unknown" title="What is not known">
      <ul class="plain-list">
        {found.unknown.map((sentence) => (
          <li key={sentence}>{printable(sentence)}</li>
        ))}
      </ul>
    </Section>
  )
}
