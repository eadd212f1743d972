import type { Case, DecisionStep } from '../../src/model/case.ts'
import { VERDICT_WORDS } from '../../src/report/words.ts'
import { counted } from '../words/time.ts'
import { EvidenceOf } from './evidence.tsx'
import { Section } from './section.tsx'

const ANSWERS: Record<DecisionStep['answer'], { word: string; sign: string }> = {
  holds: { word: 'Yes', sign: '●' },
  'ruled-out': { word: 'No, ruled out', sign: '✕' },
  'not-shown': { word: 'Nothing shows it', sign: '○' },
}

/** The questions in their order, what each was answered, and what else it could have been. */
export function DecisionSection({ found }: { found: Case }) {
  const { path, ruledOut } = found
  if (path.length === 0 && ruledOut.length === 0) return null
  return (
    <Section
      id="decision"
      title="What was ruled out, and why"
      lead="The strongest evidence is asked first; the first question that is answered with yes is the verdict."
    >
      {path.length === 0 ? null : (
        <ol class="decision">
          {path.map((step) => (
            <li key={step.rule} class={`decision-${step.answer}`}>
              <p>
                <span class="decision-sign" aria-hidden="true">
                  {ANSWERS[step.answer].sign}
                </span>
                {step.question} <strong>{ANSWERS[step.answer].word}.</strong>
              </p>
              <EvidenceOf found={found} ids={step.because} label="What shows it" />
            </li>
          ))}
        </ol>
      )}
      {ruledOut.length === 0 ? null : (
        <details class="evidence">
          <summary>{counted(ruledOut.length, 'verdict')} that it is not</summary>
          <ul class="plain-list">
            {ruledOut.map(({ code, because }) => (
              <li key={code}>
                {VERDICT_WORDS[code]} <span class="faint">{because.join(', ')}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </Section>
  )
}
