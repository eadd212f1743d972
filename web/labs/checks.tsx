import { printable } from '../../src/report/printable.ts'
import { Mark } from '../parts/mark.tsx'
import type { CheckDocument } from './documents.ts'

/** What has to hold: what is, and what should be. */
export function Checks({ checks }: { checks: readonly CheckDocument[] }) {
  return (
    <section class="chapter" aria-labelledby="checks-title">
      <h2 id="checks-title">What has to hold</h2>
      <ol class="steps">
        {checks.map((check) => (
          <Check key={check.name} check={check} />
        ))}
      </ol>
    </section>
  )
}

function Check({ check: { title, ok, actual, expected, next } }: { check: CheckDocument }) {
  return (
    <li class={`step ${ok ? 'step-ok' : 'step-failed'}`}>
      <Mark shape={ok ? 'calm' : 'killed'} />
      <div class="step-body">
        <div class="step-head">
          <h3 class="step-title">{printable(title)}</h3>
          <span class="step-state">{ok ? 'holds' : 'does not hold'}</span>
        </div>
        <dl class="lab-compared">
          <div>
            <dt>is</dt>
            <dd>{printable(actual)}</dd>
          </div>
          {ok ? null : (
            <div>
              <dt>should be</dt>
              <dd>{printable(expected)}</dd>
            </div>
          )}
          {next === null ? null : (
            <div>
              <dt>next</dt>
              <dd>{printable(next)}</dd>
            </div>
          )}
        </dl>
      </div>
    </li>
  )
}
