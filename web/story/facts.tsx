import type { Binding, Case } from '../../src/model/case.ts'
import { SCOPE_WORDS } from '../../src/report/words.ts'
import { printable } from '../../src/report/printable.ts'
import { Fact } from '../parts/fact.tsx'
import { Size } from '../parts/size.tsx'
import { Time } from '../parts/time.tsx'

/** A kill of a whole group may have thousands. */
const SHOWN_VICTIMS = 3

/** What is known of a case beside itself, where a server keeps it. */
export interface Kept {
  host: string
  revision: number
  recordedAt: number
}

/** The figures at a glance. What is not known is not made up: it is left out, or said. */
export function Facts({ found, kept }: { found: Case; kept: Kept | null }) {
  const { binding, subject, trigger, verdict, victims } = found
  return (
    <dl class="facts">
      <Fact name="Reached">{SCOPE_WORDS[binding.scope]}</Fact>
      {binding.path === null ? null : (
        <Fact name="Group">
          <code class="path">{printable(binding.path)}</code>
        </Fact>
      )}
      <Sizes binding={binding} />
      {victims.slice(0, SHOWN_VICTIMS).map((victim) => (
        <Fact key={victim.pid} name="Victim">
          {printable(victim.name)} <span class="faint">PID {victim.pid}</span>
          {victim.rssBytes === null ? null : (
            <>
              {', '}
              <Size bytes={victim.rssBytes} /> resident
            </>
          )}
        </Fact>
      ))}
      {victims.length <= SHOWN_VICTIMS ? null : (
        <Fact name="More victims">{victims.length - SHOWN_VICTIMS}, see the processes</Fact>
      )}
      {trigger === null || trigger.name === null ? null : (
        <Fact name="Asked for the last page">
          {printable(trigger.name)}{' '}
          <span class="faint">{trigger.pid === null ? '' : `PID ${trigger.pid}`}</span>
        </Fact>
      )}
      {victims.length === 0 || verdict.mainProcessDied === null ? null : (
        <Fact name="Main process">
          {verdict.mainProcessDied ? 'died' : 'lives on: a child was killed'}
        </Fact>
      )}
      {subject.id === null || subject.id === subject.name || subject.id === binding.path ? null : (
        <Fact name="Id">
          <code class="path">{printable(subject.id)}</code>
        </Fact>
      )}
      <Fact name="Case">
        <code>{found.id}</code>
      </Fact>
      {kept === null ? null : (
        <Fact name="Recorded">
          <Time at={kept.recordedAt} />
          {kept.revision > 1 ? <span class="faint">, revision {kept.revision}</span> : null}
        </Fact>
      )}
    </dl>
  )
}

function Sizes({ binding }: { binding: Binding }) {
  const { scope, limitBytes, usageBytes, hostAvailableBytes } = binding
  if (scope === 'none' && limitBytes === null && usageBytes === null) return null
  return (
    <>
      <Fact name="Limit">
        <Size bytes={limitBytes} />
      </Fact>
      <Fact name="In use">
        <Size bytes={usageBytes} />
      </Fact>
      {hostAvailableBytes === null ? null : (
        <Fact name="The machine had left">
          <Size bytes={hostAvailableBytes} />
        </Fact>
      )}
    </>
  )
}
