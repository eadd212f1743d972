/** Shares of the time since the last look in which some, or all, of the group's tasks stood still for want of memory. */
export interface Pressure {
  some: number
  full: number
}

/** The shortest time between two looks that says anything: the kernel brings its totals up to date every two seconds. */
const WINDOW_MS = 2_000

/** Makes shares of totals: `avg10` of the kernel lags by ten seconds. */
export function pressureMeter(read: () => string | null): (nowMs: number) => Pressure | null {
  let before: { some: number; full: number; atMs: number } | null = null
  let last: Pressure | null = null
  return (nowMs) => {
    if (before !== null && nowMs - before.atMs < WINDOW_MS) return last
    const text = read()
    const some = totalOf(text, 'some')
    const full = totalOf(text, 'full')
    if (some === null || full === null) return null
    if (before !== null) {
      const passedMs = nowMs - before.atMs
      const share = (now: number, then: number): number =>
        Math.min(1, Math.max(0, (now - then) / 1_000 / passedMs))
      last = { some: share(some, before.some), full: share(full, before.full) }
    }
    before = { some, full, atMs: nowMs }
    return last
  }
}

/** In microseconds. */
function totalOf(text: string | null, kind: 'some' | 'full'): number | null {
  const total = new RegExp(`^${kind} .*total=(\\d+)`, 'm').exec(text ?? '')?.[1]
  return total === undefined ? null : Number(total)
}
