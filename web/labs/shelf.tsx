import { printable } from '../../src/report/printable.ts'
import { LabsAnswer } from '../../src/server/lab-contract.ts'
import { Mark } from '../parts/mark.tsx'
import { Unanswered } from '../parts/unanswered.tsx'
import { useAsk } from '../server/use-ask.ts'
import { useBeat } from '../server/use-beat.ts'
import { Heading } from '../shell/heading.tsx'
import { useTitle } from '../shell/title.ts'
import { difficulty, doneInWords, doneShape } from '../words/labs.ts'
import type { ShelvedLab } from './documents.ts'

/** What the command line does with labs, no event tells here. */
const ELSEWHERE_MS = 5_000

/** All labs, and what was done with each. */
export function Shelf() {
  const { answer } = useAsk('/api/labs', LabsAnswer, useBeat(ELSEWHERE_MS))
  useTitle('Labs')
  const labs = answer?.kind === 'ready' ? answer.value.labs : null
  return (
    <>
      <div class="view-head">
        <Heading>Labs</Heading>
        <p class="lead">
          Real faults to learn from, made on the machine of this server when you begin, and judged
          by what its kernel says.
        </p>
      </div>
      {labs === null ? (
        <Unanswered answer={answer} what="the labs" />
      ) : (
        <section aria-labelledby="shelf-title">
          <h2 id="shelf-title" class="list-title">
            {labs.filter(({ solved }) => solved > 0).length} of {labs.length} solved
          </h2>
          <ul class="shelf">
            {labs.map((lab) => (
              <li key={lab.id}>
                <Card lab={lab} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  )
}

function Card({ lab }: { lab: ShelvedLab }) {
  const { id, title, teaches, minutes } = lab
  return (
    <>
      <h3>
        <a class="row-link" href={`/labs/${encodeURIComponent(id)}`}>
          {printable(title)}
        </a>
      </h3>
      <p class="shelf-terms">
        <code>{printable(id)}</code>
        <span>{minutes} minutes</span>
        <span>{difficulty(lab.difficulty)}</span>
      </p>
      <p>{printable(teaches)}</p>
      <p class="lab-done">
        <Mark shape={doneShape(lab)} />
        {doneInWords(lab)}
      </p>
    </>
  )
}
