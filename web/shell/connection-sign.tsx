import { connection } from '../server/events.ts'
import type { Connection } from '../server/events.ts'
import { useStore } from './store.ts'

const WORDS: Record<Connection, string> = {
  connecting: 'connecting',
  live: 'live',
  away: 'server away, asking again',
  token: 'token needed',
}

/** Whether what one sees is up to date. */
export function ConnectionSign() {
  const state = useStore(connection)
  return (
    <p class={`sign sign-${state}`} role="status" aria-label={`Connection: ${WORDS[state]}`}>
      <span class="sign-dot" aria-hidden="true" />
      {WORDS[state]}
    </p>
  )
}
