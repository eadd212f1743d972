import { useNow } from '../shell/clock.ts'
import { span } from '../words/time.ts'

/** How long it goes on already, kept up to date. */
export function Since({ at }: { at: number }) {
  // The clock of the server may be a little ahead.
  return <>{span(Math.max(0, useNow(1_000) - at) / 1_000)}</>
}
