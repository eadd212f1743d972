/** Times and spans in words. */
const LONG = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})
const CLOCK = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})
const AGO = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** In the zone of whoever looks: "21 Nov 2026, 18:07:26". */
export function dateAndTime(at: number): string {
  return LONG.format(at)
}

/** "18:07:26.424": within one story the fractions of a second tell what came first. */
export function clock(at: number): string {
  const fraction = String(Math.floor(at) % 1_000).padStart(3, '0')
  return `${CLOCK.format(at)}.${fraction}`
}

export function inUtc(at: number): string {
  return `${new Date(at).toISOString()} (UTC)`
}

/** "3 minutes ago". */
export function ago(at: number, now: number): string {
  const seconds = Math.round((now - at) / 1_000)
  if (Math.abs(seconds) < 5) return 'just now'
  if (Math.abs(seconds) < MINUTE) return AGO.format(-seconds, 'second')
  // By what would be said: almost an hour is an hour, and not 60 minutes.
  const [minutes, hours] = [Math.round(seconds / MINUTE), Math.round(seconds / HOUR)]
  if (Math.abs(minutes) < HOUR / MINUTE) return AGO.format(-minutes, 'minute')
  if (Math.abs(hours) < DAY / HOUR) return AGO.format(-hours, 'hour')
  return AGO.format(-Math.round(seconds / DAY), 'day')
}

/** "40 seconds", "3 minutes", "2 hours", "5 days". */
export function span(seconds: number): string {
  if (seconds < 1) return 'less than a second'
  if (seconds < 2 * MINUTE) return counted(Math.round(seconds), 'second')
  if (seconds < 2 * HOUR) return counted(Math.round(seconds / MINUTE), 'minute')
  if (seconds < 2 * DAY) return counted(Math.round(seconds / HOUR), 'hour')
  return counted(Math.round(seconds / DAY), 'day')
}

/** "10 to 17 minutes"; the unit stands once where it is the same. */
export function spanBetween(low: number, high: number): string {
  const [from, to] = [span(low), span(high)]
  if (from === to) return to
  const [count, unit = ''] = from.split(' ')
  return to.endsWith(unit) && /^\d/.test(from) ? `${count} to ${to}` : `${from} to ${to}`
}

export function counted(count: number, thing: string): string {
  return `${count.toLocaleString('en')} ${thing}${count === 1 ? '' : 's'}`
}
