import { useNow } from '../shell/clock.ts'
import { ago, dateAndTime, inUtc } from '../words/time.ts'

/** A time where somebody looks at it, with UTC at hand. */
export function Time({ at }: { at: number | null }) {
  if (at === null) return <span>at an unknown time</span>
  return (
    <time dateTime={new Date(at).toISOString()} title={inUtc(at)}>
      {dateAndTime(at)}
    </time>
  )
}

/** How long ago, kept up to date. */
export function Ago({ at }: { at: number }) {
  const now = useNow(10_000)
  return <span>{ago(at, now)}</span>
}
